//! The signature of an ONNX file: its opset, inputs and outputs, read without an engine.
//!
//! An ONNX file is a protocol-buffer message. Only the few fields that say what goes in and what
//! comes out are read; weights are skipped. Damaged bytes end in an error, never in a panic.

use super::card::{Card, Level};
use crate::task::Task;

/// ONNX numbers of the element types that our graphs use.
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// Length of an axis: fixed, or free under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// A number.
    Fixed(u64),
    /// Whatever the caller gives.
    Free(String),
}

/// One input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Slot {
    /// Its name.
    pub name: String,
    /// ONNX element type.
    pub element: u64,
    /// Its axes.
    pub axes: Vec<Axis>,
}

/// What goes into a graph and what comes out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Signature {
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
    pub(super) fn read(onnx: &[u8]) -> Option<Self> {
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

    /// What about this graph disagrees with `card`, in words; `None` when they fit.
    #[must_use]
    pub(super) fn fault(&self, card: &Card) -> Option<String> {
        if self.opset != card.opset {
            return Some(format!(
                "the graph has opset {}, the card says {}",
                self.opset, card.opset
            ));
        }
        if let Some(node) = self.nodes.iter().find(|n| ["Loop", "If", "Scan"].contains(&n.as_str()))
        {
            return Some(format!("the graph has a {node} node, which not every engine runs"));
        }
        let (t, c) = (card.input.frames as u64, card.input.front_channels as u64);
        let l = card.output.leads as u64;
        // 0 stands for a side that must be free.
        let mut inputs = vec![("frames", vec![1, t, 1, 0, 0])];
        let mut outputs = vec![("forecast", vec![1, l, 1, 0, 0])];
        match card.task {
            Task::FireFront => {
                inputs.push(("front", vec![1, c, 0, 0]));
                outputs.push(("burn_probability", vec![1, l, 0, 0]));
            }
            Task::Frames | Task::Rain => {
                let foreign = |s: &&Slot| ["front", "burn_probability"].contains(&&*s.name);
                if let Some(slot) = self.inputs.iter().chain(&self.outputs).find(foreign) {
                    let (name, task) = (&slot.name, card.task);
                    return Some(format!("the graph has {name}, the card's task {task} has none"));
                }
            }
        }
        for (slots, wanted, side) in
            [(&self.inputs, inputs, "input"), (&self.outputs, outputs, "output")]
        {
            for (name, axes) in wanted {
                if let Some(what) = check(slots, name, &axes) {
                    return Some(format!("{side} {what}"));
                }
            }
        }
        if let Some(extra) = self.inputs.iter().find(|s| !["frames", "front"].contains(&&*s.name)) {
            return Some(format!("input {} is not in the contract", extra.name));
        }
        for (name, level) in [("codes_global", Level::Global), ("codes_local", Level::Local)] {
            let found = self.outputs.iter().find(|s| s.name == name);
            match (found, card.codebook(level)) {
                (None, None) => {}
                (Some(s), Some(_)) if s.element == INT64 && s.axes.len() == 4 => {}
                (None, Some(_)) => return Some(format!("output {name} is missing")),
                (Some(_), None) => {
                    return Some(format!("output {name} has no codebook in the card"));
                }
                (Some(_), Some(_)) => {
                    return Some(format!("output {name} must be int64 [1,T,h,w]"));
                }
            }
        }
        None
    }
}

/// What is wrong with the slot `name`, or nothing.
fn check(slots: &[Slot], name: &str, wanted: &[u64]) -> Option<String> {
    let words = |axes: &[Axis]| {
        let axes = axes.iter().map(|a| match a {
            Axis::Fixed(n) => n.to_string(),
            Axis::Free(_) => "*".to_owned(),
        });
        format!("[{}]", axes.collect::<Vec<_>>().join(","))
    };
    let Some(slot) = slots.iter().find(|s| s.name == name) else {
        return Some(format!("{name} is missing"));
    };
    if slot.element != FLOAT {
        return Some(format!("{name} must be float32"));
    }
    let fits = slot.axes.len() == wanted.len()
        && slot.axes.iter().zip(wanted).all(|(axis, &n)| match axis {
            Axis::Fixed(found) => n != 0 && *found == n,
            Axis::Free(_) => n == 0,
        });
    let wanted: Vec<Axis> = wanted
        .iter()
        .map(|&n| if n == 0 { Axis::Free(String::new()) } else { Axis::Fixed(n) })
        .collect();
    (!fits).then(|| format!("{name} is {}, the card wants {}", words(&slot.axes), words(&wanted)))
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
