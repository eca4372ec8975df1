"""How hypothesis judges a mutant, a plugin of pytest: that an example fails is all that counts, none is made small.

The same examples each time, and no test fails because the machine is busy.
"""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutation",
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
