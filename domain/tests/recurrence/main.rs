//! The expansion of rules against two others of different origin: RFC 5545's definitions asked of every single day, and a
//! published program. And what must hold of any expansion, whichever the rule.

mod properties;
mod random;
mod reference;
mod second_source;
