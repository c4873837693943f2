use super::types::{Shape, ShapeCircle, ShapeSquare};

pub fn size(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(ShapeCircle { radius, .. }) => *radius,
        Shape::Square(ShapeSquare { side, .. }) => *side,
        _ => 0.0,
    }
}
