"""AWS Secrets Manager on this machine, which can be away."""

import boto3
from moto.server import ThreadedMotoServer

from streams.sandbox.kafka.ports import free_port
from tests.security.canaries import MARK

SECRET = "groq-key"
_REGION = "eu-west-1"


class SecretStore:
    """Keeps its secrets while it is stopped, and comes back on the same port."""

    def __init__(self) -> None:
        self._port = free_port()
        self._server: ThreadedMotoServer | None = None

    def start(self) -> None:
        """Serve."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def put(self, key: str) -> None:
        """A new version of the secret."""
        options = {
            "region_name": _REGION,
            "endpoint_url": self.environment()["AWS_ENDPOINT_URL"],
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
        }
        client = boto3.client("secretsmanager", **options)
        try:
            client.create_secret(Name=SECRET, SecretString=key)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=SECRET, SecretString=key)
        finally:
            client.close()

    def environment(self) -> dict[str, str]:
        """For a worker: this store, and nothing else of AWS."""
        return {
            "GROQ_API_KEY": f"aws-sm:{SECRET}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": f"{MARK.decode()}of-the-store",
            "AWS_REGION": _REGION,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }
