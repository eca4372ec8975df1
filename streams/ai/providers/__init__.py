"""The providers: one file each, and one line in the registry.

Layout
------
registry         kind -> adapter, base URL, models: one line per provider; builds them from the configuration
base             what all providers share: counting, models, prices
http_provider    what those over HTTP share: one request, its answer or failure
fake             a scripted provider for tests
groq, azure, openai, compatible, gemini
_openai_format   request and answer of `/chat/completions`
_openai_errors   its errors as outcomes
_gemini_format   request and answer of `:generateContent`
_gemini_errors   its errors as outcomes
model_traits     which models reason, and what they refuse to be sent
"""
