"""What the profiles of docker-compose.yml add fits the rest."""

import re
from pathlib import Path

import yaml

from streams.sandbox.emulator import Emulator
from tests.unit.repository.compose import COMPOSE, ROOT, SERVICES, mounts


def test_the_demo_needs_no_key():
    """Its file turns the profile on and points the worker's providers at the emulator, with a key that is there."""
    demo = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / "deploy/demo.env").read_text(encoding="utf-8"), re.MULTILINE))
    emulator = SERVICES["emulator"]
    assert demo.pop("COMPOSE_PROFILES") == emulator["profiles"][0]
    told = Emulator().environment()
    port = emulator["command"][emulator["command"].index("--port") + 1]
    for name, value in told.items():
        if name.endswith("_API_KEY"):
            assert (ROOT / demo.pop(f"{name}_FILE")).read_text(encoding="utf-8").strip()
        elif name in SERVICES["worker"]["environment"]:
            assert demo.pop(name) == value.replace("127.0.0.1:0", f"emulator:{port}")
    assert demo == {}


def test_prometheus_finds_the_workers():
    """Under the service's name and port, with the token; it reads the alerts beside its configuration."""
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert (found["names"], str(found["port"])) == (["worker"], SERVICES["worker"]["environment"]["WEB_PORT"])
    assert job["authorization"]["credentials_file"] == SERVICES["worker"]["environment"]["WEB_TOKEN_FILE"]
    assert "web_token" in SERVICES["prometheus"]["secrets"]
    assert all((ROOT / "deploy/prometheus" / name).is_file() for name in config["rule_files"])


def test_what_is_mounted_exists():
    """Folders of the repository are there and read-only; volumes are declared."""
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            what, _, *mode = mount.split(":")
            if what.startswith("./"):
                assert (ROOT / what).is_dir(), name
                assert mode == ["ro"]
            else:
                assert what in COMPOSE["volumes"]


def test_grafana_finds_its_dashboard():
    """The provisioned folder is where the dashboards are mounted, and so is the home page; the source is Prometheus."""
    where = mounts("grafana")
    folder = ROOT / where["/etc/grafana/provisioning/dashboards"]
    (provider,) = yaml.safe_load((folder / "fulltext.yml").read_text(encoding="utf-8"))["providers"]
    dashboards = ROOT / where[provider["options"]["path"]]
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == provider["options"]["path"]
    assert (dashboards / home.name).is_file()
    sources = ROOT / where["/etc/grafana/provisioning/datasources"] / "prometheus.yml"
    (source,) = yaml.safe_load(sources.read_text(encoding="utf-8"))["datasources"]
    assert source["url"] == "http://prometheus:9090"
