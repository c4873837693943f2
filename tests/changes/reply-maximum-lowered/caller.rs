use super::types::Goods;

pub fn read(goods: &Goods) {
    let _field = &goods.id;
}
