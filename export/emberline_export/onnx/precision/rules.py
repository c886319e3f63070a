"""Rules that a graph in another precision keeps, whoever wrote it."""

from onnx import ModelProto

from . import half, qdq


def check_rules(precision: str, model: ModelProto) -> None:
    """Refuse a graph that breaks the rules of its precision."""
    if precision == "float16":
        half.check_rules(model)
    elif precision in (qdq.SIGNED, qdq.UNSIGNED):
        qdq.check_rules(model, precision)
    else:
        raise ValueError(f"precision {precision}: not known; float16, int8, int8-u8")
