//! A mapping: which columns are what, as a person says it.

use std::str::FromStr;

/// Which columns are what, as a person says it: `rain_mm=3`, `temp_f=Out Temp`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Names of ours, each with the column that is it.
    pub columns: Vec<Mapped>,
}

/// One column that is said to be something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// One of our names, with its unit: `temp_f`, `time`, `rain_day_mm`, or `ignore`.
    pub role: String,
    /// The column's name, or its number; the first is 1.
    pub column: String,
}

/// What is no mapping of a column.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not of the form that is wanted.
    #[error("'{text}' is no NAME=COLUMN; write temp_c=3 or temp_c=\"Air temp\"")]
    Form {
        /// As written.
        text: String,
    },
    /// A file that is no TOML, or holds something else.
    #[error("no table [columns] of names and columns, as temp_c = \"Air temp\": {cause}")]
    Toml {
        /// Why; it stands in the message.
        cause: String,
    },
}

impl FromStr for Mapped {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        match text.split_once('=').map(|(role, column)| (role.trim(), column.trim())) {
            Some((role, column)) if !role.is_empty() && !column.is_empty() => {
                let column = column.trim_matches('"').to_owned();
                Ok(Self { role: role.to_ascii_lowercase(), column })
            }
            _ => Err(MappingError::Form { text: text.to_owned() }),
        }
    }
}

impl Mapping {
    /// The table `[columns]` of a TOML file: `temp_c = "Air temp"`, `rain_mm = 3`,
    /// `ignore = ["Battery", 9]`.
    ///
    /// # Errors
    /// [`MappingError::Toml`].
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let no = |cause: String| MappingError::Toml { cause };
        let file: toml::Table =
            text.parse().map_err(|e: toml::de::Error| no(e.message().to_owned()))?;
        let Some(toml::Value::Table(columns)) = file.get("columns") else {
            return Err(no("it has no [columns]".into()));
        };
        let mut out = Self::default();
        for (role, value) in columns {
            let one = |v: &toml::Value| match v {
                toml::Value::String(name) => Ok(name.clone()),
                toml::Value::Integer(number) => Ok(number.to_string()),
                other => Err(no(format!("{role} is {}", other.type_str()))),
            };
            let columns = match value {
                toml::Value::Array(all) => all.iter().map(one).collect::<Result<Vec<_>, _>>()?,
                other => vec![one(other)?],
            };
            let role = role.to_ascii_lowercase();
            out.columns
                .extend(columns.into_iter().map(|column| Mapped { role: role.clone(), column }));
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_typed_or_kept_in_a_file() {
        let mapped = |role: &str, column: &str| Mapped { role: role.into(), column: column.into() };
        assert_eq!("rain_mm=3".parse::<Mapped>().unwrap(), mapped("rain_mm", "3"));
        assert_eq!(
            "temp_c=\"Air, temp\"".parse::<Mapped>().unwrap(),
            mapped("temp_c", "Air, temp")
        );
        for text in ["rain_mm", "=3", "rain_mm="] {
            assert!(text.parse::<Mapped>().is_err(), "{text}");
        }
        let text = "[columns]\ntemp_c = \"Air temp\"\nrain_mm = 3\nignore = [\"Battery\", 9]\n";
        let want = [
            mapped("ignore", "Battery"),
            mapped("ignore", "9"),
            mapped("rain_mm", "3"),
            mapped("temp_c", "Air temp"),
        ];
        assert_eq!(Mapping::from_toml(text).unwrap().columns, want);
        for (text, want) in [
            ("x = 1\n", "it has no [columns]"),
            ("[columns]\ntemp_c = 1.5\n", "temp_c is float"),
            ("[columns\n", "no table [columns]"),
        ] {
            let error = Mapping::from_toml(text).unwrap_err().to_string();
            assert!(error.contains(want), "{error}");
        }
    }
}
