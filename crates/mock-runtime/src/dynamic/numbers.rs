//! Numbers within their bounds.
//!
//! Integers are counted as integers: those of 64 bits are too large for a float to tell them from their neighbours.

use serde_json::{Number, Value, json};

use super::{Random, number as bound};

/// How far made numbers reach where nothing bounds them; keys look like keys.
fn usual(name: &str) -> i128 {
    if name.ends_with("id") || name.ends_with("Id") { 1_000_000 } else { 1_000 }
}

/// An integer for a schema.
pub(super) fn integer(own: &Value, name: &str, random: &mut Random) -> Value {
    let exact = |keyword: &str, up: bool| {
        let number = own.get(keyword)?;
        let whole = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
        let rounded = |number: f64| (if up { number.ceil() } else { number.floor() }) as i128;
        whole.or_else(|| number.as_f64().map(rounded))
    };
    // A bound that only says how wide the type is, is none that anybody chose.
    let chosen = |bound: Option<i128>, widths: [i128; 2]| bound.filter(|own| !widths.contains(own));
    let low = chosen(exact("minimum", true), [i32::MIN.into(), i64::MIN.into()]);
    let high = chosen(exact("maximum", false), [i32::MAX.into(), i64::MAX.into()]);
    let above = exact("exclusiveMinimum", false).map(|bound| bound + 1);
    let under = exact("exclusiveMaximum", true).map(|bound| bound - 1);
    let floor = low.into_iter().chain(above).max();
    let ceiling = high.into_iter().chain(under).min();
    let usual = usual(name);
    let floor = floor.unwrap_or(ceiling.map_or(1, |high| if high < 1 { high - usual } else { 0 }));
    let ceiling = ceiling.unwrap_or_else(|| floor + usual);
    let step = step(own);
    let first = floor.div_euclid(step) + i128::from(floor.rem_euclid(step) != 0);
    let last = ceiling.div_euclid(step);
    let span = u64::try_from(last - first).unwrap_or(0);
    let value = (first + i128::from(random.below(span.saturating_add(1)))) * step;
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => json!(value),
        (_, Ok(value)) => json!(value),
        _ => json!(value as f64),
    }
}

/// What an integer has to be a multiple of.
fn step(own: &Value) -> i128 {
    let Some(step) = bound(own, "multipleOf").filter(|step| *step > 0.0) else { return 1 };
    // A fraction has whole multiples as well.
    let whole = (1..=1_000).map(|times| step * f64::from(times)).find(|own| own.fract() == 0.0);
    whole.filter(|own| *own < 1e18).map_or(1, |own| (own as i128).max(1))
}

/// A number for a schema.
pub(super) fn number(own: &Value, name: &str, random: &mut Random) -> Value {
    let (low, high) = (bound(own, "minimum"), bound(own, "maximum"));
    let (above, under) = (bound(own, "exclusiveMinimum"), bound(own, "exclusiveMaximum"));
    let usual = usual(name) as f64;
    let floor = low.into_iter().chain(above).reduce(f64::max);
    let ceiling = high.into_iter().chain(under).reduce(f64::min);
    let floor = floor
        .unwrap_or_else(|| ceiling.map_or(1.0, |high| if high < 1.0 { high - usual } else { 0.0 }));
    let ceiling = ceiling.unwrap_or(floor + usual);
    let demanded = bound(own, "multipleOf").filter(|step| *step > 0.0);
    let room = ceiling - floor;
    let step = demanded.unwrap_or(if room > 0.0 && room < 1.0 { room / 16.0 } else { 0.01 });
    let mut first = (floor / step).ceil();
    if above.is_some_and(|above| first * step <= above) {
        first += 1.0;
    }
    let mut last = (ceiling / step).floor();
    if under.is_some_and(|under| last * step >= under) {
        last -= 1.0;
    }
    let span = (last - first).clamp(0.0, 1e15) as u64;
    let count = first + random.below(span.saturating_add(1)) as f64;
    // Dividing by a whole number comes nearer to a decimal fraction than multiplying by one.
    let inverse = (1.0 / step).round();
    let value = if (inverse * step - 1.0).abs() < 1e-9 { count / inverse } else { count * step };
    let value = if demanded.is_none() { value.clamp(floor, ceiling.max(floor)) } else { value };
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return json!(value as i64);
    }
    Number::from_f64(value).map_or(json!(0), Value::Number)
}
