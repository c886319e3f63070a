//! The contract of the graph that holds the whole window: names and shapes that a card promises.

use emberline_engine::{INT64, Signature, Slot};

use super::card::{CODES, LEVELS, PhysicNetCard};
use crate::model::card::Card;
use crate::task::Task;

/// What about `graph` disagrees with `card` and its own table, in words; `None` when they fit.
pub(super) fn fault(graph: &Signature, card: &Card, own: &PhysicNetCard) -> Option<String> {
    let Some(opset) = card.opset else { return Some("the card tells no opset".to_owned()) };
    if let Some(what) = graph.fault(opset) {
        return Some(what);
    }
    let (t, c) = (card.input.frames as u64, own.front_channels as u64);
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
            if let Some(slot) = graph.inputs.iter().chain(&graph.outputs).find(foreign) {
                let (name, task) = (&slot.name, card.task);
                return Some(format!("the graph has {name}, the card's task {task} has none"));
            }
        }
    }
    for (slots, wanted, side) in
        [(&graph.inputs, inputs, "input"), (&graph.outputs, outputs, "output")]
    {
        for (name, axes) in wanted {
            let Some(slot) = slots.iter().find(|s| s.name == name) else {
                return Some(format!("{side} {name} is missing"));
            };
            if let Err(what) = slot.check(&axes) {
                return Some(format!("{side} {what}"));
            }
        }
    }
    if let Some(extra) = graph.inputs.iter().find(|s| !["frames", "front"].contains(&&*s.name)) {
        return Some(format!("input {} is not in the contract", extra.name));
    }
    for (name, level) in CODES.into_iter().zip(LEVELS) {
        let found = graph.outputs.iter().find(|s| s.name == name);
        match (found, own.codebook(level)) {
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

#[cfg(test)]
mod tests {
    use emberline_engine::Axis;

    use super::*;
    use crate::model::{ModelError, inside};

    /// The graph inside this program, its card and the card's own table.
    fn fire() -> Result<(Signature, Card, PhysicNetCard), ModelError> {
        let folder = inside("fire-v1")?;
        let own = PhysicNetCard::of(&folder.card).expect("a good card");
        Ok((folder.signature("model.onnx")?, folder.card, own))
    }

    #[test]
    fn a_graph_that_differs_from_its_card_is_told_apart() -> Result<(), ModelError> {
        struct Case {
            change: fn(&mut Signature, &mut Card, &mut PhysicNetCard),
            want: &'static str,
        }
        let (graph, card, own) = fire()?;
        assert_eq!(fault(&graph, &card, &own), None);
        for Case { change, want } in [
            Case { change: |_, c, _| c.input.frames = 9, want: "input frames is [1,10,1,*,*]" },
            Case { change: |_, c, _| c.output.leads = 10, want: "output forecast is [1,20,1,*,*]" },
            Case { change: |_, c, _| c.opset = Some(18), want: "opset 17, the card says 18" },
            Case { change: |s, _, _| s.inputs[1].name.clear(), want: "input front is missing" },
            Case { change: |s, _, _| s.inputs[0].element = 10, want: "frames must be float32" },
            Case {
                change: |s, _, _| s.inputs[0].axes[3] = Axis::Fixed(64),
                want: "input frames is [1,10,1,64,*]",
            },
            Case { change: |_, _, o| o.codebook.clear(), want: "codes_global has no codebook" },
            Case { change: |s, _, _| s.nodes.push("Loop".to_owned()), want: "Loop" },
        ] {
            let (mut s, mut c, mut o) = (graph.clone(), card.clone(), own.clone());
            change(&mut s, &mut c, &mut o);
            let fault = fault(&s, &c, &o).unwrap_or_default();
            assert!(fault.contains(want), "{want}: {fault}");
        }
        Ok(())
    }

    #[test]
    fn a_graph_of_another_task_is_told_apart() -> Result<(), ModelError> {
        struct Case {
            task: Task,
            change: fn(&mut Signature),
            want: Option<&'static str>,
        }
        let (fire, card, own) = fire()?;
        let mut plain = fire.clone();
        plain.inputs.retain(|s| s.name == "frames");
        plain.outputs.retain(|s| s.name != "burn_probability");
        for Case { task, change, want } in [
            Case { task: Task::Frames, change: |_| {}, want: None },
            Case { task: Task::Rain, change: |_| {}, want: None },
            Case { task: Task::FireFront, change: |_| {}, want: Some("input front is missing") },
            Case {
                task: Task::Frames,
                change: |s| s.inputs.push(Slot { name: "front".into(), ..Slot::default() }),
                want: Some("the graph has front, the card's task frames has none"),
            },
            Case {
                task: Task::Rain,
                change: |s| {
                    s.outputs.push(Slot { name: "burn_probability".into(), ..Slot::default() });
                },
                want: Some("the graph has burn_probability, the card's task rain has none"),
            },
            Case {
                task: Task::Rain,
                change: |s| s.outputs.retain(|s| s.name != "codes_local"),
                want: Some("output codes_local is missing"),
            },
        ] {
            let (mut graph, mut card) = (plain.clone(), card.clone());
            change(&mut graph);
            card.task = task;
            let fault = fault(&graph, &card, &own);
            assert_eq!(fault.is_some(), want.is_some(), "{task}: {fault:?}");
            assert!(
                fault.unwrap_or_default().contains(want.unwrap_or_default()),
                "{task} {want:?}"
            );
        }
        Ok(())
    }
}
