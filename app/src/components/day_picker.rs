//! Choosing a day: a strip of the week, or in 长辈版 three buttons. Also one cell of strip and month.

use domain::activity::Category;
use domain::almanac::day_facts;
use domain::time::LocalDate;
use domain::words::format;
use leptos::prelude::*;

use crate::components::day_group::Mark;
use crate::model::{Mode, use_model};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// What a day holds, for its cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayContent {
    /// How many dates.
    pub count: usize,
    /// Up to three categories, for the dots.
    pub dots: Vec<Category>,
}

impl DayContent {
    /// The content of a day from the categories of its dates.
    pub fn of(categories: impl Iterator<Item = Category>) -> Self {
        let mut content = Self::default();
        for category in categories {
            content.count += 1;
            if content.dots.len() < 3 && !content.dots.contains(&category) {
                content.dots.push(category);
            }
        }
        content
    }
}

/// One day as a button.
#[component]
pub fn DayCell(
    date: LocalDate,
    content: DayContent,
    is_chosen: bool,
    /// Whether the weekday stands above the number (in a strip, not in a month).
    with_weekday: bool,
    /// Whether the day lies outside the month shown.
    #[prop(optional)]
    is_outside: bool,
    /// Whether Tab stops here; in a month only one cell does.
    #[prop(default = true)]
    is_stop: bool,
    on_choose: Callback<LocalDate>,
) -> impl IntoView {
    let model = use_model();
    let facts = day_facts(date);
    view! {
        <button
            type="button"
            class="day-cell"
            aria-pressed=is_chosen.to_string()
            aria-current=move || (model.today() == date).then_some("date")
            data-outside=is_outside.then_some("")
            data-date=date.to_string()
            tabindex=if is_stop { "0" } else { "-1" }
            on:click=move |_| on_choose.run(date)
        >
            {with_weekday
                .then(|| {
                    view! {
                        <span class="day-cell-week" aria-hidden="true">
                            {move || format::strip_head(model.language(), date)}
                        </span>
                    }
                })}
            <span class="day-cell-number" aria-hidden="true">{date.day()}</span>
            <span class="day-cell-lunar" aria-hidden="true" data-festive=facts.festival.is_some().then_some("")>
                {move || format::under_number(model.language(), &facts)}
            </span>
            {move || {
                // Dots of 5 px tell nothing to eyes that need large letters.
                if model.is_elder() {
                    let text = (content.count > 0).then(|| model.words().calendar.count_short(content.count));
                    return view! { <span class="day-cell-count" aria-hidden="true">{text}</span> }.into_any();
                }
                let dots = content.dots.iter().map(|dot| view! { <i data-category=dot.as_str()></i> }).collect_view();
                view! { <span class="day-cell-dots" aria-hidden="true">{dots}</span> }.into_any()
            }}
            {facts.mark.map(|mark| view! { <Mark mark is_said=true/> })}
            // Said instead of the pieces; a label beside them would have to repeat them word for word.
            <span class="sr">
                {move || format::cell_label(model.language(), &facts, content.count, model.today())}
            </span>
        </button>
    }
}

/// The week around the chosen day, or the stepper of 长辈版.
#[component]
pub fn DayPicker(
    chosen: Signal<LocalDate>,
    contents: Signal<Vec<(LocalDate, DayContent)>>,
    on_choose: Callback<LocalDate>,
) -> impl IntoView {
    let model = use_model();
    move || match model.prefs().mode {
        Mode::Standard => view! {
            <div class="day-strip" role="group" aria-label=model.words().list.week_strip>
                {contents
                    .get()
                    .into_iter()
                    .map(|(date, content)| {
                        let is_chosen = date == chosen.get();
                        view! { <DayCell date content is_chosen with_weekday=true on_choose/> }
                    })
                    .collect_view()}
            </div>
        }
        .into_any(),
        Mode::Elder => view! { <DayStepper chosen on_choose/> }.into_any(),
    }
}

/// Yesterday, the day, tomorrow.
#[component]
pub fn DayStepper(chosen: Signal<LocalDate>, on_choose: Callback<LocalDate>) -> impl IntoView {
    let model = use_model();
    let name_of = move |date: LocalDate| {
        let language = model.language();
        format::relative_day(language, date, model.today())
            .map_or_else(|| format::weekday(language, date.weekday()).to_owned(), str::to_owned)
    };
    let step = move |days: i32| chosen.get().plus_days(days);
    let go = move |days: i32| on_choose.run(chosen.get_untracked().plus_days(days));
    view! {
        <div class="day-stepper" role="group" aria-label=move || model.words().list.week_strip>
            <button type="button" class="day-stepper-button" on:click=move |_| go(-1)>
                <Icon name="i-back"/>
                {move || name_of(step(-1))}
            </button>
            <h2 class="day-stepper-now" aria-live="polite">
                {move || {
                    let head = format::day_head(model.language(), chosen.get(), model.today());
                    view! {
                        {head.relative.map(|word| view! { <strong>{word}</strong> " " })}
                        <Unbroken text=head.date/>
                    }
                }}
            </h2>
            <button type="button" class="day-stepper-button" on:click=move |_| go(1)>
                {move || name_of(step(1))}
                <Icon name="i-next"/>
            </button>
        </div>
    }
}
