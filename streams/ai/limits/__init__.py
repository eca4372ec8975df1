"""How much a provider may be asked, known before it has to say no. Pure code: nothing in here awaits.

Layout
------
rules      `Rates` of a provider's model, seeded from `limits.toml`
window     a sliding window that is never overfull, at any moment
allowance  one limit of a key: a window, its share, and what headers said of it
limiter    all limits of one provider, model and key: may a call of n tokens go now, and if not, when?
headroom   what `x-ratelimit-*` headers say is left
share      which part of a limit this worker may use
people     calls a minute for each user and for all
"""
