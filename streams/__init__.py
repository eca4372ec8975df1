"""Decides for every scraped record on Kafka whether it is the full text, and says why.

Layout
------
verify         IS IT FULL TEXT? pure: document -> blocks -> evidence -> local verdict; prompt, answer -> verdict
ai             ASK A MODEL, CHEAPLY AND SAFELY: UnifiedAIService and its providers; knows nothing of Kafka or full text
pipeline       KAFKA: window, delivery, dead letters, hold; the only room that imports Faust
web            plain functions from state to answers, and the live page
observability  logging, metrics, tracing
sandbox        instead of the real world: embedded Kafka, provider emulator, sample pages
cli            one file per command
app            composition root: the one place where real parts are put together
settings, errors, clock, logs, traces, known_secrets; settings_page makes docs/configuration.md
"""
