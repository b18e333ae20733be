//! Things several pages show: rows, pickers, heads. Each takes values, `Signal`s and `Callback`s, and reads no model
//! context of its own unless it says why. One file per component in `components/`, declared here.

pub mod activity_row;
pub mod booking_sheet;
pub mod booking_status;
pub mod cancel_booking_sheet;
pub mod day_group;
pub mod day_picker;
pub mod fact_chip;
pub mod filter_bar;
pub mod free_times;
pub mod month_sheet;
pub mod own_status;
pub mod refusal_notice;
pub mod sign_up_sheet;
pub mod slot_picker;
pub mod space_card;
pub mod space_days;
pub mod space_facts;
pub mod space_filter;
pub mod unsaved;
pub mod withdraw_sheet;
