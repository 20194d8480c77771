//! A policy's tree, read as its file is, without being written first (`features.md` 5.6): a page that edits a policy
//! needs no reader of files, which would be an eighth of what it weighs.

use alloc::string::ToString as _;

use serde::Deserialize as _;
use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::file::{File, PolicyFileError};
use super::tree::Node;
use crate::policy::Policy;

/// Under this name `toml` gives and takes a date.
const DATE: &str = "$__toml_private_datetime";

impl Policy {
    /// The policy that a tree says, whose files of texts are named by their hashes.
    ///
    /// # Errors
    /// [`PolicyFileError`], for what no file can say, and where a file of texts is named otherwise.
    pub(super) fn from_tree(tree: &Node) -> Result<Self, PolicyFileError> {
        let file = File::deserialize(tree)
            .map_err(|error| PolicyFileError { line: None, message: error.to_string() })?;
        file.into_policy_with_hashes()
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Node::Text(said) => visitor.visit_borrowed_str(said),
            Node::Plain(said) => match (said.parse::<i64>(), said.parse::<bool>()) {
                (Ok(number), _) => visitor.visit_i64(number),
                (_, Ok(is)) => visitor.visit_bool(is),
                _ => visitor.visit_map(MapDeserializer::new([(DATE, said.as_str())].into_iter())),
            },
            Node::Table(parts) => visitor
                .visit_map(MapDeserializer::new(parts.iter().map(|(name, part)| (*name, part)))),
            Node::List { entries, .. } => visitor.visit_seq(SeqDeserializer::new(entries.iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Node::Text(said) => visitor.visit_enum(said.as_str().into_deserializer()),
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
