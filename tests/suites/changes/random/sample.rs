//! Values by chance, and requests made of them: compiled beside the programs.

use lockstep_runtime as rt;

/// How often every request is made, each time otherwise.
const TURNS: u64 = 16;

pub struct Dice {
    state: u64,
    depth: usize,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn choose(&mut self, many: usize) -> usize {
        (self.next() % many.max(1) as u64) as usize
    }

    pub fn yes(&mut self) -> bool {
        self.choose(2) == 0
    }

    /// Further in, less is made.
    pub fn below<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let made = make(self);
        self.depth -= 1;
        made
    }

    fn goes_on(&mut self) -> bool {
        self.depth < 4 && self.yes()
    }
}

pub trait Sample {
    fn sample(dice: &mut Dice) -> Self;
}

macro_rules! one_of {
    ($($ty:ty: $($value:expr),*;)*) => {
        $(impl Sample for $ty {
            fn sample(dice: &mut Dice) -> Self {
                let values: Vec<$ty> = vec![$($value),*];
                values[dice.choose(values.len())].clone()
            }
        })*
    };
}

one_of! {
    String: "text".to_owned(), "a".to_owned(), "7".to_owned(), "2025-01-02".to_owned(), "red".to_owned(), "old".to_owned(), "true".to_owned();
    bool: true, false;
    i32: 1, 5, 10;
    i64: 1, 2, 5, 50, 3, -7;
    u64: 1, 5, 10;
    f64: 0.5, 10.0, 3.0;
    f32: 0.5, 10.0;
    rt::Value: rt::Value::Null, rt::Value::from(5), rt::Value::from("text"), rt::serde_json::json!({ "name": "a" });
    rt::Date: "2025-01-02".parse().expect("a date");
    rt::DateTime: "2025-01-02T03:04:05Z".parse().expect("a time");
    rt::Uuid: "7f6b1e52-1f1d-4c7e-8a4e-0d5c4f0a3b1c".parse().expect("an id");
    rt::Decimal: "1.10".parse().expect("a number");
    rt::Base64: rt::Base64::from("text");
}

impl<T: Sample> Sample for Option<T> {
    fn sample(dice: &mut Dice) -> Self {
        dice.goes_on().then(|| T::sample(dice))
    }
}

impl<T: Sample> Sample for rt::OrNull<T> {
    fn sample(dice: &mut Dice) -> Self {
        <Option<T>>::sample(dice).into()
    }
}

impl<T: Sample> Sample for Box<T> {
    fn sample(dice: &mut Dice) -> Self {
        Self::new(T::sample(dice))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(dice: &mut Dice) -> Self {
        let count = if dice.goes_on() { dice.choose(3) } else { 0 };
        (0..count).map(|_| T::sample(dice)).collect()
    }
}

impl<T: Sample> Sample for rt::Map<T> {
    fn sample(dice: &mut Dice) -> Self {
        let count = if dice.goes_on() { dice.choose(2) } else { 0 };
        (0..count).map(|index| (format!("key{index}"), T::sample(dice))).collect()
    }
}

impl Sample for rt::Body {
    fn sample(dice: &mut Dice) -> Self {
        String::sample(dice).into()
    }
}

/// The servers of the old and of the new document.
pub struct Sides {
    pub old: String,
    pub new: String,
}

/// Makes one request in many ways, of both servers: what the first one takes, the second one has to take, and to answer
/// as the client expects.
pub fn asked<C>(
    name: &str,
    sides: &Sides,
    client: impl Fn(String) -> C,
    codes: &[&str],
    found: &mut Vec<String>,
    ask: impl Fn(&C, &mut Dice, rt::RequestOptions) -> rt::Result<Vec<String>>,
) {
    let (old, new) = (client(sides.old.clone()), client(sides.new.clone()));
    let mut taken = 0;
    for turn in 0..TURNS {
        let made = |to: &C, code: Option<&&str>| {
            let mut wish = format!("dynamic={}, seed={turn}", turn % 3 != 0);
            if let Some(code) = code {
                wish.push_str(&format!(", code={code}"));
            }
            let options = rt::RequestOptions::new().header("prefer", &wish);
            ask(to, &mut Dice::new(turn * 31), options)
        };
        match made(&old, None) {
            Err(error) if why(&error).is_some() => continue,
            // What its own server does to a client is for other tests to tell.
            Err(error) => {
                println!("aside {name}: with its own server: {error}");
                return;
            }
            Ok(drift) if !drift.is_empty() => {
                println!("aside {name}: drift with its own server: {drift:?}");
                return;
            }
            Ok(_) => taken += 1,
        }
        let code = codes.get(turn as usize % codes.len().max(1));
        let told = match made(&new, code) {
            Ok(drift) if drift.is_empty() => continue,
            Ok(drift) => format!("drift: {}", drift.join("; ")),
            Err(error) => format!("{error} {}", why(&error).unwrap_or_default()),
        };
        found.push(format!("{name}, turn {turn}: {told}"));
        return;
    }
    if taken == 0 {
        println!("aside {name}: its own server took nothing");
    }
}

/// Why a server refused a request, where it did.
fn why(error: &rt::Error) -> Option<String> {
    let status = error.as_status()?;
    let why = status.headers().get("mock-reason")?;
    Some(String::from_utf8_lossy(why.as_bytes()).into_owned())
}
