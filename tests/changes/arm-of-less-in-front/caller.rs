use super::Client;
use super::types::{Shape, ShapeVariant, ShapeWithDepth};

pub fn send(client: &Client, deep: bool) {
    let shape = if deep {
        Shape::WithDepth(ShapeWithDepth::new(1.0, 2.0))
    } else {
        Shape::Variant(ShapeVariant::new(1.0))
    };
    let _request = client.shapes().put(shape);
}
