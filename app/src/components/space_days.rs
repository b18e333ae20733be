//! Choosing a day at a space: two weeks as buttons, or in 长辈版 the stepper; a day further ahead from the month.

use domain::sync::rows::Rows;
use domain::time::LocalDate;
use leptos::prelude::*;

use crate::components::day_picker::{DayCell, DayContent, DayStepper};
use crate::components::month_sheet::{MonthButton, MonthSheet};
use crate::model::use_model;

/// How many days the strip shows.
const DAYS_SHOWN: i32 = 14;

/// The days one may book, from today.
#[component]
pub fn SpaceDays(
    chosen: Signal<LocalDate>,
    /// How many days ahead one may book.
    #[prop(into)]
    horizon: Signal<u16>,
    on_choose: Callback<LocalDate>,
) -> impl IntoView {
    let model = use_model();
    let is_elder = Memo::new(move |_| model.is_elder());
    let first = Memo::new(move |_| {
        let today = model.today();
        let shown = DAYS_SHOWN.min(i32::from(horizon.get()) + 1);
        // A day further ahead (a jump to the next free time) brings its own two weeks.
        let is_within = (today..today.plus_days(shown)).contains(&chosen.get());
        (if is_within { today } else { chosen.get() }, shown)
    });
    let month_open = RwSignal::new(false);
    let has_month = move || is_elder.get() || i32::from(horizon.get()) >= DAYS_SHOWN;
    let days = move || {
        if is_elder.get() {
            return view! { <DayStepper chosen on_choose/> }.into_any();
        }
        let (first, shown) = first.get();
        view! {
            <div class="day-strip" role="group" aria-label=move || model.words().space.choose_day>
                {(0..shown)
                    .map(|day| {
                        let date = first.plus_days(day);
                        let is_chosen = Memo::new(move |_| chosen.get() == date);
                        move || {
                            view! {
                                <DayCell
                                    date
                                    content=DayContent::default()
                                    is_chosen=is_chosen.get()
                                    with_weekday=true
                                    on_choose
                                />
                            }
                        }
                    })
                    .collect_view()}
            </div>
        }
        .into_any()
    };
    view! {
        <Show when=has_month>
            <div class="row">
                <MonthButton open=month_open chosen/>
            </div>
        </Show>
        {days}
        <MonthSheet open=month_open chosen contents=Signal::stored(Rows::default()) on_choose/>
    }
}
