//! A NetCDF-4 file: variables with dimensions and attributes, as netCDF's own library lays them out in HDF5.
//!
//! Dimensions are HDF5 dimension scales; each has a variable of its own name. Fields are cut into chunks,
//! shuffled and deflated. Oracle: netCDF4-python, xarray and GDAL (`tests/golden/product_check.py`).

use std::io::{self, Write};

use hdf5_writer::{
    AttributeBuilder, ByteOrder, DatasetBuilder, FILTER_DEFLATE, FILTER_SHUFFLE, FilterDescription,
    H5WriteElement, Hdf5Builder, WriteOptions,
};

/// Longest side of a chunk, cells.
const CHUNK: u64 = 512;
/// Rain is mostly one value: more effort makes it hardly smaller.
const LEVEL: u32 = 3;

/// A file that is being put together.
#[derive(Debug, Default)]
pub(super) struct NetCdf4 {
    dimensions: Vec<(&'static str, usize)>,
    variables: Vec<Variable>,
    attributes: Vec<AttributeBuilder>,
}

#[derive(Debug)]
struct Variable {
    name: &'static str,
    dimensions: Vec<&'static str>,
    data: DatasetBuilder,
}

/// A value of an attribute.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Numbers(&'a [f64]),
}

impl NetCdf4 {
    /// Adds a dimension; a variable of this name must follow.
    pub(super) fn dimension(&mut self, name: &'static str, length: usize) {
        self.dimensions.push((name, length));
    }

    /// Adds a text about the file.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.attributes.push(AttributeBuilder::fixed_string(name, text));
    }

    /// Adds a variable with its values in the order of its dimensions.
    pub(super) fn variable<T: H5WriteElement>(
        &mut self,
        name: &'static str,
        dimensions: &[&'static str],
        values: impl Iterator<Item = T>,
    ) {
        let length =
            |d: &&str| self.dimensions.iter().find(|(name, _)| name == d).map_or(0, |d| d.1);
        let shape: Vec<u64> = dimensions.iter().map(|d| length(d) as u64).collect();
        let cells = shape.iter().product::<u64>() as usize;
        let mut bytes = Vec::with_capacity(cells * size_of::<T>());
        values.for_each(|v| v.write_one(ByteOrder::LittleEndian, &mut bytes));
        let datatype = T::hdf5_type_with_order(ByteOrder::LittleEndian);
        let mut data = DatasetBuilder::new(name, datatype, shape.clone()).raw_data(bytes);
        if let [first @ .., _, _] = &shape[..] {
            let sides = shape[first.len()..].iter().map(|n| (*n).min(CHUNK));
            let chunk: Vec<u64> = first.iter().map(|_| 1).chain(sides).collect();
            let filter = |id, client_data| FilterDescription { id, name: None, client_data };
            data = data.chunked(chunk);
            if size_of::<T>() > 1 {
                data = data.filter(filter(FILTER_SHUFFLE, vec![]));
            }
            data = data.filter(filter(FILTER_DEFLATE, vec![LEVEL]));
        }
        self.variables.push(Variable { name, dimensions: dimensions.to_vec(), data });
    }

    /// Adds an attribute to the newest variable.
    pub(super) fn attribute(&mut self, name: &str, value: &Value<'_>) -> io::Result<()> {
        let attribute = match value {
            Value::Text(text) => AttributeBuilder::fixed_string(name, text),
            Value::Numbers(numbers) => AttributeBuilder::vector(name, numbers).map_err(fault)?,
        };
        self.tell(attribute);
        Ok(())
    }

    /// Says which values the newest variable, one of flags, takes.
    pub(super) fn flags(&mut self, values: &[i8]) -> io::Result<()> {
        self.tell(AttributeBuilder::vector("flag_values", values).map_err(fault)?);
        Ok(())
    }

    /// Says which value of the newest variable means that there is none.
    pub(super) fn fill<T: H5WriteElement>(&mut self, value: T) -> io::Result<()> {
        self.tell(AttributeBuilder::vector("_FillValue", &[value]).map_err(fault)?);
        let mut bytes = Vec::new();
        value.write_one(ByteOrder::LittleEndian, &mut bytes);
        if let Some(newest) = self.variables.pop() {
            let data = newest.data.fill_value(bytes);
            self.variables.push(Variable { data, ..newest });
        }
        Ok(())
    }

    fn tell(&mut self, attribute: AttributeBuilder) {
        if let Some(newest) = self.variables.pop() {
            let data = newest.data.attribute(attribute);
            self.variables.push(Variable { data, ..newest });
        }
    }

    /// Writes the file.
    pub(super) fn write(self, sink: &mut impl Write) -> io::Result<()> {
        // Who uses a dimension, and which of theirs it is.
        let users = |dimension: &str| -> Vec<(String, u32)> {
            let others = self.variables.iter().filter(|v| v.name != dimension);
            let uses = others.flat_map(|v| {
                let places = v.dimensions.iter().enumerate().filter(|d| *d.1 == dimension);
                places.map(|(at, _)| (v.name.to_owned(), at as u32))
            });
            uses.collect()
        };
        let of_each: Vec<_> = self.dimensions.iter().map(|(name, _)| users(name)).collect();
        let mut file = Hdf5Builder::new();
        for attribute in self.attributes {
            file = file.attribute(attribute);
        }
        for Variable { name, dimensions, mut data } in self.variables {
            if let Some(at) = self.dimensions.iter().position(|d| d.0 == name) {
                data = data
                    .attribute(AttributeBuilder::fixed_string("CLASS", "DIMENSION_SCALE"))
                    .attribute(AttributeBuilder::fixed_string("NAME", name))
                    .attribute(
                        AttributeBuilder::scalar("_Netcdf4Dimid", at as i32).map_err(fault)?,
                    );
                if !of_each[at].is_empty() {
                    let users = of_each[at].clone();
                    data = data.attribute(AttributeBuilder::object_reference_list(
                        "REFERENCE_LIST",
                        users,
                    ));
                }
            } else if !dimensions.is_empty() {
                let scales = dimensions.iter().map(|d| vec![(*d).to_owned()]).collect();
                data = data
                    .attribute(AttributeBuilder::vlen_object_references("DIMENSION_LIST", scales));
            }
            file = file.dataset(data);
        }
        let bytes =
            file.into_plan().and_then(|p| p.encode(WriteOptions::default())).map_err(fault)?;
        sink.write_all(&bytes)
    }
}

fn fault(e: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("NetCDF: {e}"))
}
