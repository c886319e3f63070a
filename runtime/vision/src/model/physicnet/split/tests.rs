//! The streaming split: what is run how often, and splits that do not fit.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{ArrayViewD, IxDyn};

use super::*;
use emberline_engine::Tensor;

use crate::model::{ModelError, inside};

type Act = fn(&[(&str, ArrayViewD<'_, f32>)]) -> Vec<Tensor>;

/// A graph that counts its runs: what it gives is made by `act`.
struct Counted {
    runs: Arc<AtomicUsize>,
    act: Act,
}

impl Net for Counted {
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Tensor>, RunError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        Ok((self.act)(inputs))
    }
}

fn net(act: Act, runs: &Arc<AtomicUsize>) -> Box<dyn Net> {
    Box::new(Counted { runs: Arc::clone(runs), act })
}

fn filled(shape: &[usize], value: f32) -> Tensor {
    Tensor::Floats(ArrayD::from_elem(IxDyn(shape), value))
}

/// A split of two frames and three leads: a latent is its frame's first value, a lead adds the sum
/// of the latents to the frame before. Also how often frames were encoded.
fn split() -> (Split, Arc<AtomicUsize>) {
    let [encoded, others] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let encode = net(
        |i| {
            let v = i[0].1.first().copied().unwrap_or_default();
            let codes = |n: usize| Tensor::Codes(ArrayD::from_elem(IxDyn(&[1, n, n]), v as u16));
            vec![filled(&[1, 1, 2, 2], v), filled(&[1, 1, 4, 4], v), codes(2), codes(4)]
        },
        &encoded,
    );
    let translate = net(
        |i| {
            let sum = i[0].1.iter().sum::<f32>() / 4.0;
            let burn = filled(&[1, 3, 8, 8], 0.5);
            vec![filled(&[1, 3, 2, 2], sum), filled(&[1, 3, 4, 4], sum), burn]
        },
        &others,
    );
    let decode = net(
        |i| {
            let add = i[0].1.first().copied().unwrap_or_default();
            vec![Tensor::Floats(i[2].1.mapv(|v| v + add))]
        },
        &others,
    );
    let names = |n: &[&str]| n.iter().map(|n| (*n).to_owned()).collect();
    let plan = Plan {
        translate: vec!["futures_global", "futures_local", "burn_probability"],
        decode: vec!["next_frame"],
        takes_translate: names(&["latents_global", "latents_local", "front", "last"]),
        takes_decode: names(&["future_global", "future_local", "frame"]),
        slots: [vec![], vec![]],
        leads: 3,
        state_zeros: 0,
        state_frame: true,
    };
    (Split::new([encode, translate, decode], plan), encoded)
}

#[test]
fn a_frame_is_encoded_once_however_many_windows_see_it() -> Result<(), RunError> {
    let (split, runs) = split();
    let buffers = Buffers::default();
    let film = Array3::from_shape_fn((6, 8, 8), |(k, ..)| k as f32);
    let front = Array3::zeros((5, 8, 8));
    let encoded = || runs.load(Ordering::Relaxed);
    for (start, lanes, want) in [(0, 1, 2), (1, 1, 3), (1, 4, 3), (3, 4, 5), (0, 2, 5)] {
        let frames = film.slice(s![start..start + 2, .., ..]);
        let raw = split.run(&buffers, &frames, Some(front.view()), lanes)?;
        assert_eq!(encoded(), want, "window from {start}");
        // Frames k and k + 1: every lead adds 2 k + 1 to frame k + 1.
        let k = start as f32;
        let leads: Vec<f32> = raw.frames.outer_iter().map(|f| f[[3, 3]]).collect();
        assert_eq!(leads, [1.0, 2.0, 3.0].map(|l| k + 1.0 + l * (2.0 * k + 1.0)));
        let codes = raw.codes[1].as_ref().expect("codes of the fine view");
        assert_eq!((codes.dim(), codes[[0, 0, 0]]), ((2, 4, 4), start as u16));
        assert_eq!(raw.burn_probability.map(|p| p.dim()), Some((3, 8, 8)));
    }
    split.forget();
    split.run(&buffers, &film.slice(s![..2, .., ..]), Some(front.view()), 1)?;
    assert_eq!(encoded(), 7);
    let said = split.run(&buffers, &film.slice(s![..2, .., ..]), None, 1).expect_err("no front");
    assert_eq!(said, "it takes front, which is not at hand".into());
    Ok(())
}

#[test]
fn graphs_that_do_not_fit_each_other_are_refused() -> Result<(), ModelError> {
    struct Case {
        change: fn(&mut Card, &mut [Signature; 3]),
        want: &'static str,
    }
    fn side(slots: &mut [Slot], name: &str, n: u64) {
        let slot = slots.iter_mut().find(|s| s.name == name).expect("a slot of that name");
        slot.axes[1] = Side::Fixed(n);
    }
    let good = |id: &str| -> Result<(Card, [Signature; 3]), ModelError> {
        let folder = inside(id)?;
        let read = |name| {
            let graph = folder.graph(name, "float32").expect("a graph inside this program");
            Signature::read(graph).expect("a readable graph")
        };
        let graphs = [read(ENCODE.0), read(TRANSLATE), read(DECODE)];
        Ok((folder.card, graphs))
    };
    for id in ["fire-v1", "rain-v1"] {
        let (card, [encode, translate, decode]) = good(id)?;
        let plan = Plan::of(&card, &encode, &translate, &decode);
        assert!(plan.is_ok(), "{id}: {plan:?}");
    }
    for (id, Case { change, want }) in [
        ("fire-v1", Case { change: |_, g| g[0].opset = 16, want: "encode.onnx has opset 16" }),
        (
            "fire-v1",
            Case {
                change: |_, g| g[0].inputs.clear(),
                want: "encode.onnx: input frame is missing",
            },
        ),
        (
            "fire-v1",
            Case {
                change: |_, g| g[1].outputs.truncate(2),
                want: "translate.onnx: output burn_probability is missing",
            },
        ),
        (
            "fire-v1",
            Case {
                change: |c, _| c.input.frames = 9,
                want: "takes 160 latent maps, 9 frames give 16 each",
            },
        ),
        (
            "rain-v1",
            Case {
                change: |_, g| side(&mut g[1].outputs, "futures_local", 41),
                want: "gives 41 future maps, 10 leads take 4 each",
            },
        ),
        (
            "rain-v1",
            Case {
                change: |_, g| side(&mut g[2].inputs, "start", 9),
                want: "start maps, a lead takes 9",
            },
        ),
        (
            "rain-v1",
            Case {
                change: |_, g| g[2].inputs[0].name = "noise".to_owned(),
                want: "decode.onnx: input future_global is missing",
            },
        ),
    ] {
        let (mut card, mut graphs) = good(id)?;
        change(&mut card, &mut graphs);
        let said = Plan::of(&card, &graphs[0], &graphs[1], &graphs[2]).expect_err(want);
        assert!(said.contains(want), "{want}: {said}");
    }
    Ok(())
}

#[test]
fn shapes_follow_from_the_names_of_axes() -> Result<(), ModelError> {
    let folder = inside("rain-v1")?;
    let read = |name| Signature::read(folder.graph(name, "float32").expect("inside"));
    let translate = read(TRANSLATE).expect("a readable graph");
    let want: Vec<(&str, Vec<usize>)> = vec![
        ("latents_global", vec![1, 32, 10, 12]),
        ("latents_local", vec![1, 16, 20, 24]),
        ("frames", vec![1, 2, 1, 40, 48]),
    ];
    assert_eq!(shapes(&translate.inputs, [40, 48]), Some(want));
    let odd = Slot { axes: vec![Side::Free("time".to_owned())], ..Slot::default() };
    assert_eq!(shapes(&[odd], [40, 48]), None);
    Ok(())
}

#[cfg(feature = "tract")]
#[test]
fn a_window_seen_again_gives_the_same_answer() -> Result<(), ModelError> {
    use emberline_engine::{EngineKind, EngineOptions, ModelFacts, open};

    use crate::model::physicnet::card::PhysicNetCard;
    use crate::model::physicnet::form::Form;

    let folder = inside("rain-v1")?;
    let engine = open(&EngineOptions::of(EngineKind::Tract), ModelFacts::default())?;
    let own = PhysicNetCard::of(&folder.card).expect("a good card");
    let form = Form::load(&folder, &own, "float32", &*engine)?;
    assert_eq!(form.name(), "streaming split");
    let frames = Array3::from_shape_fn((2, 40, 48), |(k, y, x)| ((k + y * x) % 9) as f32 / 9.0);
    let first = form.run(&*engine, &frames.view(), None, 2).expect("an answer");
    let again = form.run(&*engine, &frames.view(), None, 1).expect("an answer");
    assert_eq!(first.frames, again.frames);
    assert_eq!(first.codes, again.codes);
    Ok(())
}
