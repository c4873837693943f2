use super::types::Goods;

pub fn read(good: &Goods) -> Option<i64> {
    good.rates.as_ref()?.get("a").copied()
}
