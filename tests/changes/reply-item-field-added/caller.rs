use super::types::Good;

pub fn read(goods: &Good) {
    let _field = &goods.id;
}
