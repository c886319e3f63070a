//! Interrupts: which of the processor's goes to which driver.

use embassy_nrf::{bind_interrupts, buffered_uarte, peripherals, saadc, spim, twim};

bind_interrupts!(pub(crate) struct Irqs {
    SAADC => saadc::InterruptHandler;
    SPI2 => spim::InterruptHandler<peripherals::SPI2>;
    TWISPI0 => twim::InterruptHandler<peripherals::TWISPI0>;
    UARTE0 => buffered_uarte::InterruptHandler<peripherals::UARTE0>;
});
