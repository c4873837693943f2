use super::types;

pub fn wrap(cat: types::Cat) -> types::Pet {
    types::Pet::from(cat)
}
