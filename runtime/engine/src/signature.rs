//! The signature of an ONNX file: its opset, inputs and outputs, read without an engine.
//!
//! An ONNX file is a protocol-buffer message. Only the few fields that say what goes in and what
//! comes out are read; weights are skipped. Damaged bytes end in an error, never in a panic.

/// ONNX's number of the element type float32.
pub const FLOAT32: u64 = 1;
/// ONNX's number of the element type int64.
pub const INT64: u64 = 7;

/// Length of an axis: fixed, or free under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// A number.
    Fixed(u64),
    /// Whatever the caller gives.
    Free(String),
}

/// One input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// ONNX element type.
    pub element: u64,
    /// Its axes.
    pub axes: Vec<Axis>,
}

/// What goes into a graph and what comes out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Signature {
    /// Opset of the default operator set.
    pub opset: i64,
    /// Inputs that are not weights.
    pub inputs: Vec<Slot>,
    /// Outputs.
    pub outputs: Vec<Slot>,
    /// Kinds of nodes.
    pub nodes: Vec<String>,
}

/// One field of a protocol-buffer message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Field numbers and values of a message, in order; `None` in place of a damaged field.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for k in 0..10 {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(7 * k)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let n = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(n)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `ValueInfoProto`.
fn slot(bytes: &[u8]) -> Option<Slot> {
    let mut out = Slot::default();
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(b)) => out.name = text(b),
            (2, Value::Bytes(kind)) => {
                for field in Fields(kind) {
                    if let (1, Value::Bytes(tensor)) = field? {
                        tensor_type(tensor, &mut out)?;
                    }
                }
            }
            _ => {}
        }
    }
    Some(out)
}

/// `TypeProto.Tensor`.
fn tensor_type(bytes: &[u8], out: &mut Slot) -> Option<()> {
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(n)) => out.element = n,
            (2, Value::Bytes(shape)) => {
                for field in Fields(shape) {
                    let (1, Value::Bytes(dim)) = field? else { continue };
                    let mut axis = Axis::Free(String::new());
                    for field in Fields(dim) {
                        match field? {
                            (1, Value::Number(n)) => axis = Axis::Fixed(n),
                            (2, Value::Bytes(b)) => axis = Axis::Free(text(b)),
                            _ => {}
                        }
                    }
                    out.axes.push(axis);
                }
            }
            _ => {}
        }
    }
    Some(())
}

impl Signature {
    /// Reads an ONNX file's bytes; `None` when they are damaged or no ONNX.
    #[must_use]
    pub fn read(onnx: &[u8]) -> Option<Self> {
        let mut out = Self::default();
        let mut graph = None;
        for field in Fields(onnx) {
            match field? {
                (7, Value::Bytes(b)) => graph = Some(b),
                (8, Value::Bytes(b)) => {
                    let (mut domain, mut version) = (String::new(), 0);
                    for field in Fields(b) {
                        match field? {
                            (1, Value::Bytes(b)) => domain = text(b),
                            (2, Value::Number(n)) => version = i64::try_from(n).ok()?,
                            _ => {}
                        }
                    }
                    if domain.is_empty() || domain == "ai.onnx" {
                        out.opset = version;
                    }
                }
                _ => {}
            }
        }
        let mut weights = Vec::new();
        for field in Fields(graph?) {
            match field? {
                (1, Value::Bytes(node)) => {
                    for field in Fields(node) {
                        if let (4, Value::Bytes(b)) = field? {
                            out.nodes.push(text(b));
                        }
                    }
                }
                (5, Value::Bytes(weight)) => {
                    for field in Fields(weight) {
                        if let (8, Value::Bytes(b)) = field? {
                            weights.push(text(b));
                        }
                    }
                }
                (11, Value::Bytes(b)) => out.inputs.push(slot(b)?),
                (12, Value::Bytes(b)) => out.outputs.push(slot(b)?),
                _ => {}
            }
        }
        out.inputs.retain(|i| !weights.contains(&i.name));
        out.nodes.sort_unstable();
        out.nodes.dedup();
        Some(out)
    }

    /// What about this graph no engine of ours runs, or `None`: another opset than `opset`, or a node
    /// that branches or loops.
    #[must_use]
    pub fn fault(&self, opset: i64) -> Option<String> {
        if self.opset != opset {
            return Some(format!("the graph has opset {}, the card says {opset}", self.opset));
        }
        let branches = |n: &&String| ["Loop", "If", "Scan"].contains(&n.as_str());
        let node = self.nodes.iter().find(branches)?;
        Some(format!("the graph has a {node} node, which not every engine runs"))
    }
}

impl Slot {
    /// Whether it is float32 of the shape `wanted`, in which 0 stands for an axis that must be free;
    /// what is wrong, in words, if not.
    ///
    /// # Errors
    /// What it is, and what was wanted.
    pub fn check(&self, wanted: &[u64]) -> Result<(), String> {
        let words = |axes: &[Axis]| {
            let axes = axes.iter().map(|a| match a {
                Axis::Fixed(n) => n.to_string(),
                Axis::Free(_) => "*".to_owned(),
            });
            format!("[{}]", axes.collect::<Vec<_>>().join(","))
        };
        if self.element != FLOAT32 {
            return Err(format!("{} must be float32", self.name));
        }
        let fits = self.axes.len() == wanted.len()
            && self.axes.iter().zip(wanted).all(|(axis, &n)| match axis {
                Axis::Fixed(found) => n != 0 && *found == n,
                Axis::Free(_) => n == 0,
            });
        if fits {
            return Ok(());
        }
        let wanted: Vec<Axis> = wanted
            .iter()
            .map(|&n| if n == 0 { Axis::Free(String::new()) } else { Axis::Fixed(n) })
            .collect();
        let (found, wanted) = (words(&self.axes), words(&wanted));
        Err(format!("{} is {found}, the card wants {wanted}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn onnx() -> Vec<u8> {
        let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/fire-v1/model.onnx");
        std::fs::read(model).expect("a model of this repository")
    }

    #[test]
    fn a_graph_is_read_without_an_engine() {
        let graph = Signature::read(&onnx()).expect("a readable graph");
        let names = |slots: &[Slot]| slots.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&graph.inputs), ["frames", "front"]);
        assert_eq!((graph.fault(17), graph.inputs[0].check(&[1, 10, 1, 0, 0])), (None, Ok(())));
        assert!(graph.fault(18).is_some_and(|f| f == "the graph has opset 17, the card says 18"));
        let mut looped = graph.clone();
        looped.nodes.push("Loop".to_owned());
        assert!(looped.fault(17).is_some_and(|f| f.contains("a Loop node")));
        let wrong = graph.inputs[0].check(&[1, 9, 1, 0, 0]);
        let want = "frames is [1,10,1,*,*], the card wants [1,9,1,*,*]";
        assert!(wrong.is_err_and(|e| e == want));
        let whole = Slot { element: INT64, ..graph.inputs[0].clone() };
        assert!(whole.check(&[1, 10, 1, 0, 0]).is_err_and(|e| e == "frames must be float32"));
    }

    #[test]
    fn damaged_bytes_give_none_and_never_a_panic() {
        let onnx = onnx();
        for n in (0..onnx.len()).step_by(9973) {
            let _ = Signature::read(&onnx[..n]);
        }
        let mut bytes = onnx[..4096.min(onnx.len())].to_vec();
        for k in 0..bytes.len() {
            bytes[k] ^= 0xff;
            let _ = Signature::read(&bytes);
            bytes[k] ^= 0xff;
        }
        assert_eq!(Signature::read(b"not a graph at all"), None);
    }
}
