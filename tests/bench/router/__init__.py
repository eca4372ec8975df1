"""The service beside LiteLLM's Router: `make bench-router`, or `python -m tests.bench.router`.

What is measured
----------------
Both are asked the same questions against the same servers of this machine, first provider and second provider, in
turns; every run of a side is a process of its own. LiteLLM has an interpreter of its own, because its requirements do
not fit ours (`requirements/bench-router.txt`), and two columns: with its defaults, and tuned as its documentation
advises (`litellm_side`). Its retries, cooldowns, fallbacks and cache are its own; nothing of it is patched.

* Behaviour rows run against the provider emulator, which is told to be dead, throttled or hung, counts its
  callers and bills them. What a side answers is not looked at, only that it answers.
* CPU rows run against `replay`, which sends the emulator's own bytes again after 50 ms: the emulator serves about
  1,000 requests a second and would be what is measured. CPU is user and system time of the side's process, all its
  threads included, over the requests after a warm-up; distinct prompts, no cache on either side. Quote it rather than
  requests per second, which say more about the machine. `both` makes every request fail at the first provider and
  succeed at the second: no breaker, no cooldown, no retries on either side.
* Peak memory (VmHWM) is that of a plain CPU run with most connections. Import is import and construction.

Beside each run stands what the rest of the machine used meanwhile: figures of a busy machine are marked.

Layout
------
rows            what is compared, and the targets
plan            how much of it
job             what a side's process is told
desk            the emulator's admin side, from within a side's process
scenarios       what a side is put through: the same code for all
our_side        this service behind `ask`
litellm_side    LiteLLM's Router behind `ask`
side            a side's process: one job, one JSON line
replay          the fast server of the CPU rows, as a process
servers         emulator and replay
session         the runs in turns
summary         from runs to figures and ratios
report          what a person reads
plot            the same as a picture
"""
