//! Times ONNX graphs in tract and in rten as they come, on one core: no kernels of ours, no split.
//!
//! `alone ROUNDS GRAPH.onnx NAME=1x10x1x64x64 …` prints a JSON object: milliseconds (median) by engine,
//! or why an engine refused the graph.

use std::time::Instant;

use anyhow::{Context, Result};
use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use serde_json::{Map, json};
use tract_onnx::prelude::*;

/// An input's name and shape.
type Input = (String, Vec<usize>);

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let rounds: usize = args.next().context("ROUNDS")?.parse()?;
    let graph = args.next().context("GRAPH.onnx")?;
    let inputs = args
        .map(|a| {
            let (name, shape) = a.split_once('=').context("NAME=SHAPE")?;
            let shape = shape.split('x').map(str::parse).collect::<Result<_, _>>()?;
            Ok((name.to_owned(), shape))
        })
        .collect::<Result<Vec<Input>>>()?;
    let mut out = Map::new();
    for (engine, run) in
        [("tract", in_tract as fn(&str, &[Input], usize) -> Result<f64>), ("rten", in_rten)]
    {
        let said = match run(&graph, &inputs, rounds) {
            Ok(ms) => json!(ms),
            Err(e) => json!(format!("{e:#}").lines().next().unwrap_or_default()),
        };
        out.insert(engine.to_owned(), said);
    }
    println!("{}", serde_json::Value::Object(out));
    Ok(())
}

/// Numbers between 0 and 1, the same every time.
fn values(shape: &[usize]) -> Vec<f32> {
    (0..shape.iter().product()).map(|k: usize| (k * 7919 % 1000) as f32 / 1000.0).collect()
}

fn median_ms(mut run: impl FnMut() -> Result<()>, rounds: usize) -> Result<f64> {
    run()?;
    let mut all = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        run()?;
        all.push(started.elapsed().as_secs_f64() * 1e3);
    }
    all.sort_by(f64::total_cmp);
    Ok(all[all.len() / 2])
}

fn in_tract(graph: &str, inputs: &[Input], rounds: usize) -> Result<f64> {
    let reader = onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
    let mut model = reader.model_for_path(graph)?;
    for (name, shape) in inputs {
        let node = model.node_id_by_name(name)?;
        model.set_outlet_fact(node.into(), f32::fact(shape).into())?;
    }
    model.set_input_names(inputs.iter().map(|(n, _)| n))?;
    let plan = model.into_optimized()?.into_runnable()?;
    let given: TVec<TValue> = inputs
        .iter()
        .map(|(_, s)| Ok(Tensor::from_shape(s, &values(s))?.into()))
        .collect::<Result<_>>()?;
    median_ms(|| Ok(plan.run(given.clone()).map(drop)?), rounds)
}

fn in_rten(graph: &str, inputs: &[Input], rounds: usize) -> Result<f64> {
    let model = Model::load_file(graph)?;
    let outputs: Vec<NodeId> = model.output_ids().to_vec();
    let pool = std::sync::Arc::new(ThreadPool::with_num_threads(1));
    median_ms(
        || {
            let given = inputs
                .iter()
                .map(|(name, shape)| {
                    let id = model.node_id(name)?;
                    Ok((id, ValueOrView::from(Value::from_shape(shape, values(shape))?)))
                })
                .collect::<Result<Vec<_>>>()?;
            let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
            model.run(given, &outputs, Some(options)).map(drop)?;
            Ok(())
        },
        rounds,
    )
}
