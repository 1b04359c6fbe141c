//! What is learnt: the algorithms that turn feature matrices into label probabilities.
//!
//! Takes feature matrices and gold labels, gives fitted models. Knows nothing of HTML, pages or blocks.

pub mod boost;
