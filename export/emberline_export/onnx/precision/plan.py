"""Which layers are computed in which precision, and the graph that follows from it."""

from dataclasses import dataclass

from onnx import ModelProto

from . import half, qdq

FLOAT16, PRECISIONS = "float16", ("float16", "int8", "int8-u8")


@dataclass(frozen=True)
class Plan:
    """Layers by digest. Those in neither set are float32, weights and all."""

    precision: str
    low: frozenset[str]  # computed in the precision
    stored: frozenset[str] = frozenset()  # computed in float32, weights stored as float16

    def without(self, layer: str) -> "Plan":
        """The same with one layer kept in float32, and stored as float16 (int8 only)."""
        more = frozenset() if self.precision == FLOAT16 else frozenset({layer})
        return Plan(self.precision, self.low - {layer}, self.stored | more)

    def exact(self) -> "Plan":
        """The same with the weights of float32 layers stored as float32."""
        return Plan(self.precision, self.low)


def build(plan: Plan, small: ModelProto, ranges: qdq.Ranges) -> ModelProto:
    """`small` (a shrunken float32 graph) by plan; `shrink.pack` it before it is written."""
    if plan.precision == FLOAT16:
        return half.typed(small, plan.low)
    return half.stored(qdq.quantized(small, plan.precision, plan.low, ranges), plan.stored)
