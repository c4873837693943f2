//! Unions: enums over types, told apart by a tag or by their fields.

/// What the macros below call. Public only because macros are expanded elsewhere.
#[doc(hidden)]
pub mod union_support {
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde::ser::Error as _;
    use serde_json::Value;

    /// The value as `T`, if it is one, and how much of it `T` does not know.
    pub fn arm<T: DeserializeOwned>(value: &Value) -> Option<(T, usize)> {
        crate::decode::arm(value)
    }

    /// An arm with its tag, which the arm's own type need not hold.
    pub fn tagged<S: serde::Serializer>(
        tag: &str,
        name: impl Into<Value>,
        arm: &impl Serialize,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(arm).map_err(S::Error::custom)?;
        if let Value::Object(fields) = &mut value
            && fields.get(tag).is_none_or(Value::is_null)
        {
            fields.insert(tag.to_owned(), name.into());
        }
        value.serialize(serializer)
    }
}

/// Gives an enum over types serde without a tag. The arm that knows most of a value takes it, the first on a
/// tie; `Unknown(Value)` keeps what no arm can read.
///
/// ```
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct User { name: String }
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Team { name: String, members: Vec<String> }
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Owner { User(User), Team(Box<Team>), Unknown(serde_json::Value) }
/// lockstep_runtime::untagged_union!(Owner { User(User), Team(Team) });
///
/// let owner: Owner = serde_json::from_str(r#"{"name": "a", "members": []}"#)?;
/// assert!(matches!(owner, Owner::Team(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! untagged_union {
    ($name:ident { $($variant:ident($type:ty)),* $(,)? }) => {
        $(
            impl ::core::convert::From<$type> for $name {
                fn from(value: $type) -> Self {
                    Self::$variant(value.into())
                }
            }
        )*

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::serde::Serialize::serialize(value, serializer),)*
                    Self::Unknown(value) => $crate::serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let value = <$crate::Value as $crate::serde::Deserialize>::deserialize(deserializer)?;
                Ok($crate::likeliest_arm!(value => $($variant($type)),*))
            }
        }
    };
}

/// Gives an enum over types serde with a tag. `Unknown(Value)` keeps what has another tag, or does not fit its own.
/// Several tags may mean one arm (`"a" | "b" => A(A)`); one that the arm does not hold itself travels as the first. Tags
/// are texts, whole numbers or booleans. Where the tag may be missing (`"type"? { … }`), the arm that knows most of such a
/// value takes it, and none is added to what is written.
/// There is no `From`: two arms may hold one type.
///
/// ```
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Created { id: i64 }
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Event { Created(Created), Unknown(serde_json::Value) }
/// lockstep_runtime::tagged_union!(Event, "type" { "created" => Created(Created) });
///
/// let event: Event = serde_json::from_str(r#"{"type": "created", "id": 1}"#)?;
/// assert_eq!(event, Event::Created(Created { id: 1 }));
/// assert_eq!(serde_json::to_string(&event)?, r#"{"id":1,"type":"created"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! tagged_union {
    ($name:ident, $tag:literal { $($value:literal $(| $more:literal)* => $variant:ident($type:ty)),* $(,)? }) => {
        $crate::tagged_union!(@deserialize $name, $tag, |value| Self::Unknown(value) =>
            $($value $(| $more)* => $variant($type)),*);
        $crate::tagged_union!(@serialize $name, |tag, arm, to| $crate::union_support::tagged($tag, tag, arm, to) =>
            $($value => $variant),*);
    };
    ($name:ident, $tag:literal ? { $($value:literal $(| $more:literal)* => $variant:ident($type:ty)),* $(,)? }) => {
        $crate::tagged_union!(@deserialize $name, $tag, |value| $crate::likeliest_arm!(value => $($variant($type)),*) =>
            $($value $(| $more)* => $variant($type)),*);
        $crate::tagged_union!(@serialize $name, |_tag, arm, to| $crate::serde::Serialize::serialize(arm, to) =>
            $($value => $variant),*);
    };
    (@serialize $name:ident, |$own:ident, $arm:ident, $to:ident| $write:expr => $($value:literal => $variant:ident),*) => {
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, $to: S) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant($arm) => {
                        let $own = $value;
                        $write
                    })*
                    Self::Unknown(value) => $crate::serde::Serialize::serialize(value, $to),
                }
            }
        }
    };
    (@deserialize $name:ident, $tag:literal, |$given:ident| $untold:expr =>
        $($value:literal $(| $more:literal)* => $variant:ident($type:ty)),*) => {
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let $given = <$crate::Value as $crate::serde::Deserialize>::deserialize(deserializer)?;
                let ::core::option::Option::Some(tag) = $given.get($tag) else {
                    return Ok($untold);
                };
                $(
                    if *tag == $value $(|| *tag == $more)* {
                        let arm = $crate::union_support::arm::<$type>(&$given);
                        return Ok(arm.map_or_else(|| Self::Unknown($given), |(arm, _)| Self::$variant(arm.into())));
                    }
                )*
                Ok(Self::Unknown($given))
            }
        }
    };
}

/// The arm that knows most of a value, the first on a tie; `Unknown` where no arm can read it.
#[doc(hidden)]
#[macro_export]
macro_rules! likeliest_arm {
    ($value:ident => $($variant:ident($type:ty)),*) => {{
        let mut best: ::core::option::Option<(Self, usize)> = ::core::option::Option::None;
        $(
            if best.as_ref().is_none_or(|(_, unknown)| *unknown > 0)
                && let ::core::option::Option::Some((arm, unknown)) = $crate::union_support::arm::<$type>(&$value)
                && best.as_ref().is_none_or(|(_, least)| unknown < *least)
            {
                best = ::core::option::Option::Some((Self::$variant(arm.into()), unknown));
            }
        )*
        best.map_or_else(|| Self::Unknown($value), |(arm, _)| arm)
    }};
}
