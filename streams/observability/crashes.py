"""What Python itself prints of an uncaught exception, a thread's or a finalizer's, passes the redactor too."""

import sys
import threading
import traceback
from types import TracebackType

from streams.observability.redaction import Redactor


def redact_crashes(redactor: Redactor) -> None:
    """Replace the interpreter's hooks. They print the same tracebacks, without secrets."""

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if sys.stderr is not None:
            sys.stderr.write(redactor.redact("".join(traceback.format_exception(kind, error, trace))))

    def thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            tell(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = tell
    sys.unraisablehook = lambda args: tell(args.exc_type, args.exc_value, args.exc_traceback)
    threading.excepthook = thread
