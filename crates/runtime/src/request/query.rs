//! The query of a request, parameter by parameter.

use crate::encode::params::Pair as Written;

/// Name-value pairs in the order in which their parameters were first set.
///
/// One list, and no map of lists: there are few parameters, most are one pair, and every list is memory to be asked for.
#[derive(Clone, Default)]
pub(crate) struct Query(Vec<Pair>);

#[derive(Clone)]
struct Pair {
    /// The parameter that the pair is of, where it is not called as the pair is: an object has a pair for each field.
    of: Option<String>,
    pair: Written,
}

impl Pair {
    fn new(parameter: &str, pair: Written) -> Self {
        Self { of: (pair.name != parameter).then(|| parameter.to_owned()), pair }
    }

    fn parameter(&self) -> &str {
        self.of.as_ref().unwrap_or(&self.pair.name)
    }
}

impl Query {
    /// Sets a parameter to one value, in the place where it stood or at the end.
    pub(crate) fn set(&mut self, parameter: &str, value: String) {
        self.put(parameter, [Pair { of: None, pair: Written::new(parameter, value) }]);
    }

    /// Sets a parameter to pairs of any names, in the place where it stood or at the end.
    pub(crate) fn set_pairs(&mut self, parameter: &str, pairs: Vec<Written>) {
        self.put(parameter, pairs.into_iter().map(|pair| Pair::new(parameter, pair)));
    }

    fn put(&mut self, parameter: &str, pairs: impl IntoIterator<Item = Pair>) {
        let at = self.0.iter().position(|pair| pair.parameter() == parameter);
        match at {
            None => self.0.extend(pairs),
            Some(at) => {
                self.remove(parameter);
                self.0.splice(at..at, pairs);
            }
        }
    }

    /// Adds a value to a parameter, behind those that it has.
    pub(crate) fn add(&mut self, name: String, value: String) {
        let last = self.0.iter().rposition(|pair| pair.parameter() == name);
        let at = last.map_or(self.0.len(), |last| last + 1);
        self.0.insert(at, Pair { of: None, pair: Written { name, value, written: None } });
    }

    pub(crate) fn remove(&mut self, parameter: &str) {
        self.0.retain(|pair| pair.parameter() != parameter);
    }

    /// The first value of a parameter.
    pub(crate) fn value(&self, parameter: &str) -> Option<&str> {
        self.0.iter().find(|own| own.parameter() == parameter).map(|own| own.pair.value.as_str())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str, Option<&str>)> + Clone {
        self.0.iter().map(|own| own.pair.parts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_set_again_stays_in_its_place() {
        let owned = |name: &str, value: &str| Written::new(name, value.to_owned());
        let mut query = Query::default();
        query.set_pairs("point", vec![owned("x", "1"), owned("y", "2")]);
        query.set("limit", "5".to_owned());
        query.add("limit".to_owned(), "6".to_owned());
        query.set("x", "own".to_owned());
        query.add("limit".to_owned(), "7".to_owned());
        let shown = |query: &Query| {
            let pairs: Vec<_> =
                query.pairs().map(|(name, value, _)| format!("{name}={value}")).collect();
            pairs.join("&")
        };
        assert_eq!(shown(&query), "x=1&y=2&limit=5&limit=6&limit=7&x=own");
        query.set("limit", "8".to_owned());
        query.set_pairs("point", vec![owned("x", "3")]);
        assert_eq!(shown(&query), "x=3&limit=8&x=own");
        assert_eq!(query.value("x"), Some("own"));
        query.remove("point");
        assert_eq!(shown(&query), "limit=8&x=own");
    }
}
