use super::types::{Shape, ShapeWithRadius, ShapeWithSide};

pub fn size(shape: &Shape) -> f64 {
    match shape {
        Shape::WithRadius(ShapeWithRadius { radius, .. }) => *radius,
        Shape::WithSide(ShapeWithSide { side, .. }) => *side,
        _ => 0.0,
    }
}
