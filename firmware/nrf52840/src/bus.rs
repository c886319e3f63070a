//! The I2C bus: each transfer has a time after which it has failed, and a stuck bus is freed.

use embassy_nrf::{
    Peri,
    gpio::{AnyPin, Flex, OutputDrive, Pull},
    peripherals,
    twim::{self, Twim},
};
use embassy_time::Duration;
use embedded_hal::{
    delay::DelayNs,
    i2c::{Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation},
};

use crate::{irqs::Irqs, sleep::Sleep};

/// The longest transfer is an image of 128 bytes: 12 ms at 100 kHz.
const LONGEST: Duration = Duration::from_millis(50);
/// Longest write of a driver, bytes: a place and half a page.
const LONGEST_WRITE: usize = 34;
/// Clocks after which a chip has let go of the data line: eight bits and their acknowledge.
const FREEING_CLOCKS: usize = 9;
/// Half a clock of 100 kHz, µs.
const HALF_CLOCK_US: u32 = 5;

/// The bus and its pins. The peripheral is on during a transfer only.
pub(crate) struct Bus {
    pub(crate) twi: Peri<'static, peripherals::TWISPI0>,
    pub(crate) sda: Peri<'static, AnyPin>,
    pub(crate) scl: Peri<'static, AnyPin>,
}

/// Why a transfer failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BusError(ErrorKind);

impl Error for BusError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl From<twim::Error> for BusError {
    fn from(error: twim::Error) -> Self {
        Self(match error {
            twim::Error::AddressNack => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
            twim::Error::DataNack => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data),
            twim::Error::Timeout => ErrorKind::Bus, // a line that stays low
            twim::Error::Overrun => ErrorKind::Overrun,
            _ => ErrorKind::Other,
        })
    }
}

impl ErrorType for Bus {
    type Error = BusError;
}

impl I2c for Bus {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), BusError> {
        let mut scratch = [0; LONGEST_WRITE]; // for what lies in flash, where no DMA reaches
        let mut twim = Twim::new(
            self.twi.reborrow(),
            Irqs,
            self.sda.reborrow(),
            self.scl.reborrow(),
            twim::Config::default(), // 100 kHz, pull-ups outside
            &mut scratch,
        );
        let result = twim.blocking_transaction_timeout(address, operations, LONGEST);
        drop(twim);
        if result == Err(twim::Error::Timeout) {
            self.free();
        }
        result.map_err(BusError::from)
    }
}

impl Bus {
    /// Clocks a chip out of a transfer that it believes in, and ends it.
    fn free(&mut self) {
        let mut sda = Flex::new(self.sda.reborrow());
        let mut scl = Flex::new(self.scl.reborrow());
        for line in [&mut sda, &mut scl] {
            line.set_high();
            line.set_as_input_output(Pull::None, OutputDrive::Standard0Disconnect1);
        }
        for _ in 0..FREEING_CLOCKS {
            scl.set_low();
            Sleep.delay_us(HALF_CLOCK_US);
            scl.set_high();
            Sleep.delay_us(HALF_CLOCK_US);
        }
        // Data rises while the clock is high: the end of a transfer.
        scl.set_low();
        sda.set_low();
        Sleep.delay_us(HALF_CLOCK_US);
        scl.set_high();
        Sleep.delay_us(HALF_CLOCK_US);
        sda.set_high();
        Sleep.delay_us(HALF_CLOCK_US);
    }
}
