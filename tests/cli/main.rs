//! The second ring: drives the real program, as a person or a script would.

mod arrows;
mod circles;
mod cot;
mod engines;
mod films;
mod films_refused;
mod first_run;
mod kill;
mod mask;
mod models;
mod named;
mod node;
mod plug;
mod radar;
mod rain_weather;
mod refusals;
mod replay;
mod room;
mod shipped;
mod state;
mod station;
mod station_changes;
mod station_radar;
mod station_readings;
mod structure;
mod weather;
