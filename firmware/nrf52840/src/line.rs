//! The line to the gateway: 115,200 baud, on while the node speaks and listens, and off otherwise.
//!
//! A listening UARTE keeps the fast clock running, half a milliampere. While the line is on the fast clock
//! is the crystal's: the internal oscillator may be off by more than a UART bears.

use embassy_nrf::{
    Peri,
    buffered_uarte::{BufferedUarte, Error},
    gpio::{AnyPin, Level, Output, OutputDrive},
    pac, peripherals, uarte,
};
use embassy_time::Timer;
use emberline_wire::{Frame, Message};

use crate::irqs::Irqs;

/// Room for what comes while the node measures: 22 ms of the line, at most 24 acks.
const ROOM: usize = 256;
/// Longest start of the crystal is under 1 ms; then the node goes on without it, ms.
const CRYSTAL_MS: u64 = 2;

/// The peripherals and pins of the line.
pub(crate) struct Line {
    pub(crate) uarte: Peri<'static, peripherals::UARTE0>,
    pub(crate) counter: Peri<'static, peripherals::TIMER2>,
    pub(crate) channels: (Peri<'static, peripherals::PPI_CH0>, Peri<'static, peripherals::PPI_CH1>),
    pub(crate) group: Peri<'static, peripherals::PPI_GROUP0>,
    pub(crate) receive: Peri<'static, AnyPin>,
    pub(crate) send: Peri<'static, AnyPin>,
    /// Turns on the driver of an RS-422 transceiver (high): it puts 20 mA into the cable's end.
    pub(crate) driver_on: Output<'static>,
    /// Turns off its receiver (high).
    pub(crate) receiver_off: Output<'static>,
}

/// Memory of the line, outside it because DMA writes there.
pub(crate) struct Buffers {
    received: [u8; ROOM],
    sent: [u8; ROOM],
}

impl Buffers {
    pub(crate) const fn new() -> Self {
        Self { received: [0; ROOM], sent: [0; ROOM] }
    }
}

/// The line while it is on.
pub(crate) struct Open<'a> {
    uarte: BufferedUarte<'a>,
    driver_on: &'a mut Output<'static>,
}

impl Line {
    /// Turns the line on.
    pub(crate) async fn open<'a>(&'a mut self, buffers: &'a mut Buffers) -> Open<'a> {
        pac::CLOCK.events_hfclkstarted().write_value(0);
        pac::CLOCK.tasks_hfclkstart().write_value(1);
        for _ in 0..CRYSTAL_MS * 4 {
            if pac::CLOCK.events_hfclkstarted().read() != 0 {
                break;
            }
            Timer::after_micros(250).await;
        }
        self.receiver_off.set_low();
        let mut config = uarte::Config::default();
        config.baudrate = uarte::Baudrate::Baud115200;
        let uarte = BufferedUarte::new(
            self.uarte.reborrow(),
            self.counter.reborrow(),
            self.channels.0.reborrow(),
            self.channels.1.reborrow(),
            self.group.reborrow(),
            self.receive.reborrow(),
            self.send.reborrow(),
            Irqs,
            config,
            &mut buffers.received,
            &mut buffers.sent,
        );
        Open { uarte, driver_on: &mut self.driver_on }
    }

    /// Turns the line off. The pin stays high, as an idle line is.
    pub(crate) fn close(&mut self) {
        let idle = Output::new(self.send.reborrow(), Level::High, OutputDrive::Standard);
        core::mem::forget(idle); // dropped, it would let the pin go
        self.receiver_off.set_high();
        pac::CLOCK.tasks_hfclkstop().write_value(1);
    }
}

impl Open<'_> {
    /// Sends `message` and waits until it is sent; a line without a gateway takes it as well. The zero
    /// before it ends whatever the gateway heard while nobody drove the line.
    pub(crate) async fn send(&mut self, message: &Message) {
        self.driver_on.set_high();
        let frame = Frame::new(message);
        for mut rest in [&[0][..], frame.bytes()] {
            while !rest.is_empty() {
                // Nothing can fail but the receiver, and what that lost the decoder counts.
                let sent = self.uarte.write(rest).await.unwrap_or(rest.len());
                rest = rest.get(sent..).unwrap_or(&[]);
            }
        }
        self.uarte.flush().await.ok(); // as above
        self.driver_on.set_low();
    }

    /// What came, at least one byte; 0 when bytes were lost, which the decoder finds out.
    pub(crate) async fn receive(&mut self, out: &mut [u8]) -> usize {
        match self.uarte.fill_buf().await {
            Ok(bytes) => {
                let n = bytes.len().min(out.len());
                out[..n].copy_from_slice(&bytes[..n]);
                self.uarte.consume(n);
                n
            }
            Err(Error::Overrun) | Err(_) => 0,
        }
    }
}
