//! The loop: hears the gateway, measures, keeps, sends, and feeds the watchdog while all of it happens.

use emberline_node::{
    Array, Every, Log, Memory, Node, Start, Task, Watchdog, Wish, driver::DriverError,
};
use emberline_wire::{Decoder, Frame, Message, PART, ThermalContent, ThermalPart};

use crate::{
    inputs,
    note::{self, Why},
    raw::{self, UART0},
    station::{Image, Station},
    time::now_ms,
    uart, watchdog,
};

/// Time between two samples of the wind, ms.
const WIND_MS: u64 = 1_000;

/// Serves for ever.
pub(crate) fn serve<M: Memory<Error = DriverError>>(
    log: Log<M>,
    mut station: Station<'_>,
    start: Start,
    reading_ms: u64,
) -> ! {
    let mut node = Node::new(log, start);
    let mut decoder = Decoder::new();
    let (mut reading, mut wind) = (Every::new(now_ms(), reading_ms), Every::new(0, WIND_MS));
    let mut tasks = Watchdog::new(reading_ms);
    let mut images = 0_u16;
    loop {
        let now = now_ms();
        let (heard, wish) = hear(&mut node, &mut decoder, now);
        report(heard);
        if let Wish::SetClock { unix_ms } = wish {
            report(station.set_clock(unix_ms));
        }
        report(node.rain(inputs::tips()));
        if wind.due(now) {
            station.sample_wind(now);
        }
        if reading.due(now) {
            let (round, image) = station.measure(node.rain_tips());
            tasks.alive(Task::Sample, now_ms());
            match node.record(&round) {
                Ok(_) => tasks.alive(Task::Keep, now_ms()),
                Err(error) => report(Err(error)),
            }
            if let Some(image) = image {
                send_image(images, &image);
                images = images.wrapping_add(1);
            }
        }
        loop {
            match node.poll(now) {
                Ok(Some(message)) => send(&message),
                Ok(None) => break,
                // The reading that could not be read is tried again with the next round.
                Err(_) => break,
            }
        }
        tasks.alive(Task::Serve, now_ms());
        match tasks.late(now_ms()) {
            None => watchdog::feed(),
            Some(task) => {
                note::write(Why::Late, [task as u32, 0]);
                starve();
            }
        }
        raw::sleep();
    }
}

/// Takes what has come from the gateway.
fn hear<M: Memory<Error = DriverError>>(
    node: &mut Node<M>,
    decoder: &mut Decoder,
    now_ms: u64,
) -> (Result<(), DriverError>, Wish) {
    let (mut result, mut wish) = (Ok(()), Wish::None);
    while let Some(byte) = uart::received() {
        let Some(Ok(message)) = decoder.push(byte) else { continue };
        match node.hear(now_ms, &message, decoder.counters().bad()) {
            Ok(Wish::None) => {}
            Ok(new) => wish = new,
            Err(error) => result = Err(error),
        }
    }
    (result, wish)
}

/// Reports to the gateway what failed, if something did.
fn report(result: Result<(), DriverError>) {
    if let Err(error) = result {
        send(&Message::Fault(error));
    }
}

/// Puts a message on the line.
pub(crate) fn send(message: &Message) {
    uart::send(UART0, Frame::new(message).bytes());
}

/// An image is live: sent once, kept nowhere.
fn send_image(number: u16, image: &Image) {
    let shape = [Array::AMG8833.rows, Array::AMG8833.columns];
    for (i, values) in image.as_chunks::<PART>().0.iter().enumerate() {
        let first = (i * PART) as u16;
        let content = ThermalContent::TempCE2;
        send(&Message::Thermal(ThermalPart::new(number, content, 0, shape, first, values)));
    }
}

/// Waits for the watchdog.
fn starve() -> ! {
    loop {
        raw::sleep();
    }
}
