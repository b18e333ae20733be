//! The markup of first screens, as `style/README.md` settles it and the app's own components draw it.
//!
//! Every text passes through [`Text`], which escapes; controls that need the app are left out.

use std::fmt::{self, Display, Write as _};

use domain::activity::Category;
use domain::agenda::{Entry, RowFact};
use domain::almanac::{DayMark, day_facts};
use domain::change::SpaceRow;
use domain::look::Look;
use domain::sync::Start;
use domain::sync::rows::Rows;
use domain::sync::start::ELEMENT;
use domain::time::{LocalDate, Timestamp};
use domain::words::{Language, Words, format};

/// A text, escaped for element content and quoted attributes.
struct Text<T>(T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escape<'a, 'f>(&'a mut fmt::Formatter<'f>);
        impl fmt::Write for Escape<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                for c in text.chars() {
                    match c {
                        '&' => self.0.write_str("&amp;")?,
                        '<' => self.0.write_str("&lt;")?,
                        '>' => self.0.write_str("&gt;")?,
                        '"' => self.0.write_str("&quot;")?,
                        '\'' => self.0.write_str("&#39;")?,
                        c => self.0.write_char(c)?,
                    }
                }
                Ok(())
            }
        }
        write!(Escape(f), "{}", self.0)
    }
}

/// Appends; writing to a string cannot fail.
macro_rules! put {
    ($html:expr, $($parts:tt)*) => { let _ = write!($html, $($parts)*); };
}

/// The attributes of the root element that a look asks for.
pub fn root(html: &mut String, look: &Look) {
    html.push_str("<html");
    for (name, value) in look.attributes() {
        if let Some(value) = value {
            put!(html, " {name}=\"{}\"", Text(value));
        }
    }
    html.push('>');
}

/// What the app starts from, as data inside the page.
pub fn start(html: &mut String, start: &Start) {
    let json = serde_json::to_string(start).expect("invariant: checked values have a JSON form");
    data(html, &format!("type=\"application/json\" id=\"{ELEMENT}\""), &json);
}

/// Data inside the page. No browser carries it out, whatever the policy says.
pub fn data(html: &mut String, attributes: &str, json: &str) {
    // Within a string of JSON this is the same character, and no markup can begin.
    put!(html, "<script {attributes}>{}</script>\n", json.replace('<', "\\u003c"));
}

/// Title, description and what other programs show when the address is shared.
pub fn head(html: &mut String, words: &Words, base: &str, title: &str, description: &str, path: Option<&str>) {
    let (title, description) = (Text(title), Text(description));
    put!(html, "<title>{title}</title>\n<meta name=\"description\" content=\"{description}\">\n");
    let Some(path) = path else {
        html.push_str("<meta name=\"robots\" content=\"noindex\">\n");
        return;
    };
    let (site, locale) = match words.language {
        Language::ZhCn => (words.common.app, "zh_CN"),
        Language::En => (words.common.app, "en_GB"),
    };
    put!(html, "<meta property=\"og:type\" content=\"website\">\n");
    put!(html, "<meta property=\"og:site_name\" content=\"{}\">\n", Text(site));
    put!(html, "<meta property=\"og:locale\" content=\"{locale}\">\n");
    put!(html, "<meta property=\"og:title\" content=\"{title}\">\n");
    put!(html, "<meta property=\"og:description\" content=\"{description}\">\n");
    put!(html, "<meta property=\"og:image\" content=\"{}/icons/share.png\">\n", Text(base));
    if !base.is_empty() {
        put!(html, "<meta property=\"og:url\" content=\"{}{}\">\n", Text(base), Text(path));
        put!(html, "<link rel=\"canonical\" href=\"{}{}\">\n", Text(base), Text(path));
    }
}

fn icon(name: &str) -> String {
    format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/icons.svg#{name}\"></use></svg>")
}

/// What stands in the head.
enum Place<'a> {
    /// The name of a page.
    Page(&'a str),
    /// The name of the community on screen, which leads to the others.
    Community(&'a str),
}

/// The frame around a first screen: head, the page, the four tabs.
fn frame(words: &Words, demo: bool, place: Place<'_>, tab: &str, page: &str) -> String {
    let common = &words.common;
    let mut html = String::with_capacity(page.len() + 2048);
    put!(html, "<div class=\"app\" data-first-paint lang=\"{}\">", words.language.tag());
    if demo {
        let (label, text) = (Text(common.demo_label), Text(common.demo_band));
        put!(html, "<aside class=\"demo-banner\" aria-label=\"{label}\">{text}</aside>");
    }
    put!(html, "<a class=\"skip\" href=\"#main\">{}</a>", Text(common.skip_to_content));
    html.push_str("<header class=\"app-head\">");
    match place {
        Place::Page(name) => {
            put!(html, "<p class=\"app-head-title\">{}</p>", Text(name));
        }
        Place::Community(name) => {
            put!(
                html,
                "<a class=\"app-head-place\" href=\"/communities\"><span class=\"app-head-name\">{}",
                Text(name)
            );
            put!(html, "</span>{}</a>", icon("i-down"));
        }
    }
    html.push_str("</header>");
    put!(html, "<main class=\"app-main\" id=\"main\" tabindex=\"-1\"><div class=\"page\">{page}");
    put!(html, "<p class=\"first-paint-note\">{}</p></div></main>", Text(common.loading));
    put!(html, "<nav class=\"tab-bar\" aria-label=\"{}\">", Text(common.tabs_label));
    for (href, name, label) in [
        ("/", "i-calendar", common.tab_activities),
        ("/s", "i-room", common.tab_spaces),
        ("/me", "i-me", common.tab_me),
        ("/m", "i-message", common.tab_messages),
    ] {
        let current = if href == tab { " aria-current=\"page\"" } else { "" };
        put!(html, "<a class=\"tab-bar-item\" href=\"{href}\"{current}>{}", icon(name));
        put!(html, "<span class=\"tab-bar-label\">{}</span></a>", Text(label));
    }
    html.push_str("</nav></div>");
    html
}

/// A screen of which only the frame can be told.
pub fn opening(words: &Words, demo: bool) -> String {
    frame(words, demo, Place::Page(words.common.app), "", "")
}

/// Nothing is here.
pub fn not_found(words: &Words, demo: bool) -> String {
    let errors = &words.errors;
    let mut page = String::new();
    put!(page, "<div class=\"message-page\"><h1 class=\"page-title\">{}</h1>", Text(errors.not_found_title));
    put!(page, "<p>{}</p><div class=\"button-stack\">", Text(errors.not_found));
    put!(page, "<a class=\"button\" data-kind=\"primary\" href=\"/\">{}</a></div></div>", Text(errors.home));
    frame(words, demo, Place::Page(words.common.app), "", &page)
}

/// The communities to choose from.
pub fn communities<'a>(words: &Words, demo: bool, links: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut page = String::new();
    put!(page, "<h1 class=\"page-title\">{}</h1>", Text(words.common.choose_community));
    put!(page, "<p class=\"page-sub\">{}</p><ul class=\"list\">", Text(words.common.tagline));
    for (slug, name) in links {
        put!(page, "<li><a class=\"list-row\" href=\"/c/{}\"><span class=\"list-row-text\">", Text(slug));
        put!(page, "<span class=\"list-row-title\">{}</span></span>{}</a></li>", Text(name), icon("i-next"));
    }
    page.push_str("</ul>");
    frame(words, demo, Place::Page(words.common.app), "/", &page)
}

/// The days to come of a community.
pub fn agenda(
    words: &Words,
    demo: bool,
    community: &str,
    days: &Rows<LocalDate, Vec<Entry<'_>>>,
    at: Timestamp,
) -> String {
    let mut page = String::new();
    put!(page, "<h1 class=\"page-title\">{}</h1>", Text(words.list.title));
    if days.is_empty() {
        put!(page, "<div class=\"empty\"><p class=\"empty-text\">{}</p></div>", Text(words.list.empty_day));
    }
    for (date, entries) in days.iter() {
        put!(page, "<section class=\"day-group\" data-date=\"{date}\">");
        day_head(&mut page, words, *date, at.date());
        page.push_str("<ul class=\"activity-list\">");
        for entry in entries {
            row(&mut page, words, entry, at);
        }
        page.push_str("</ul></section>");
    }
    frame(words, demo, Place::Community(community), "/", &page)
}

fn day_head(page: &mut String, words: &Words, date: LocalDate, today: LocalDate) {
    let (language, facts) = (words.language, day_facts(date));
    let head = format::day_head(language, date, today);
    let festive = if facts.festival.is_some() { " data-festive" } else { "" };
    put!(page, "<header class=\"day-head\"{festive}><h2 class=\"day-head-title\">");
    if let Some(relative) = head.relative {
        put!(page, "<span class=\"nb\">{}</span> ", Text(relative));
    }
    put!(page, "<span class=\"nb\">{}</span></h2>", Text(&head.date));
    let special = format::special_name(language, &facts).map(str::to_owned);
    let lunar = [head.lunar, special].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    put!(page, "<p class=\"day-head-lunar\">{}</p>", Text(lunar));
    if let Some(mark) = facts.mark {
        let kind = if matches!(mark, DayMark::Off(_)) { "off" } else { "work" };
        let label = format::mark_label(language, mark);
        put!(page, "<span class=\"day-mark\" data-mark=\"{kind}\" role=\"img\" aria-label=\"{}\">", Text(label));
        put!(page, "{}</span>", Text(format::mark(language, mark)));
    }
    page.push_str("</header>");
}

fn row(page: &mut String, words: &Words, entry: &Entry<'_>, at: Timestamp) {
    let (activity, fact) = (entry.activity, entry.fact(at));
    let state = match fact {
        RowFact::Cancelled => " data-state=\"cancelled\"",
        RowFact::Over => " data-state=\"past\"",
        _ => "",
    };
    put!(page, "<li class=\"activity-row\" data-category=\"{}\"{state}>", activity.category.as_str());
    put!(page, "<a class=\"activity-row-link\" href=\"/a/{}\">", entry.id);
    put!(page, "<h3 class=\"activity-row-title\">{}</h3>", Text(&activity.title));
    let when = format::time_range(words.language, entry.occurrence.range);
    put!(page, "<p class=\"activity-row-when\"><span class=\"nb\">{}</span></p>", Text(when));
    put!(page, "<p class=\"activity-row-where\">{}</p><p class=\"activity-row-foot\">", Text(&entry.venue().place));
    category(page, words, activity.category);
    chip(page, words, fact, at.date());
    if let Some(team) = entry.team {
        put!(page, "<span class=\"activity-row-team\">{}</span>", Text(team));
    }
    page.push_str("</p></a></li>");
}

fn category(page: &mut String, words: &Words, category: Category) {
    let name = match category {
        Category::Opera => "i-opera",
        Category::Dance => "i-dance",
        Category::Reading => "i-book",
        Category::Course => "i-course",
        Category::Poetry => "i-poem",
        Category::Festival => "i-festival",
        Category::Family => "i-family",
        Category::MoralReview | Category::Council | Category::PolicyTalk => "i-council",
        Category::Other => "i-calendar",
    };
    put!(page, "<span class=\"category\" data-category=\"{}\">{}", category.as_str(), icon(name));
    put!(page, "{}</span>", Text(words.category(category)));
}

/// The one fact of a date. Facts about the reader's own sign-up do not occur: the server paints for everybody.
fn chip(page: &mut String, words: &Words, fact: RowFact, today: LocalDate) {
    let (tone, text) = match fact {
        RowFact::Cancelled => {
            put!(page, "<span class=\"state-chip\" data-state=\"cancelled\">{}", icon("i-slash"));
            put!(page, "{}</span>", Text(words.states.called_off));
            return;
        }
        RowFact::OnItsWay(_)
        | RowFact::CheckedIn
        | RowFact::Confirmed { .. }
        | RowFact::Offered { .. }
        | RowFact::Pooled { .. }
        | RowFact::Waitlisted { .. } => return,
        RowFact::Over => ("", words.states.past.to_owned()),
        RowFact::WalkIn => ("", words.states.walk_in.to_owned()),
        RowFact::NotOpen { opens_at } => {
            ("info", words.occurrence.opens(format::moment(words.language, opens_at, today)))
        }
        RowFact::Pool { draws_at } => ("info", words.draws.chip(format::moment(words.language, draws_at, today))),
        RowFact::Running => ("ok", words.states.now.to_owned()),
        RowFact::Closed => ("", words.states.closed.to_owned()),
        RowFact::Full { .. } => ("warn", words.states.full.to_owned()),
        RowFact::Left { places, is_few } => (if is_few { "festive" } else { "" }, words.states.left(places)),
        RowFact::Open => ("", words.occurrence.no_limit.to_owned()),
    };
    let tone = if tone.is_empty() { String::new() } else { format!(" data-tone=\"{tone}\"") };
    put!(page, "<span class=\"chip\"{tone}>{}</span>", Text(text));
}

fn fact(page: &mut String, name: &str, label: &str, text: impl Display) {
    put!(
        page,
        "<div class=\"fact\"><dt class=\"fact-label\">{}<span class=\"sr\">{}</span></dt>",
        icon(name),
        Text(label)
    );
    put!(page, "<dd class=\"fact-text\">{}</dd></div>", Text(text));
}

/// One date of an activity.
pub fn date(words: &Words, demo: bool, entry: &Entry<'_>, at: Timestamp) -> String {
    let (activity, language) = (entry.activity, words.language);
    let labels = &words.occurrence;
    let mut page = String::new();
    put!(page, "<article><header class=\"activity-hero\" data-category=\"{}\">", activity.category.as_str());
    put!(page, "<p class=\"activity-hero-tag\">{}</p>", Text(words.category(activity.category)));
    put!(page, "<h1 class=\"activity-hero-title\">{}</h1>", Text(&activity.title));
    if let Some(team) = entry.team {
        put!(page, "<p class=\"activity-hero-team\">{}</p>", Text(team));
    }
    page.push_str("</header>");
    if let Some(cancelled) = &entry.occurrence.cancelled {
        let text = match &cancelled.reason {
            Some(reason) => labels.called_off_why(reason),
            None => labels.called_off.to_owned(),
        };
        put!(page, "<section class=\"status\" data-state=\"cancelled\">{}", icon("i-slash"));
        put!(page, "<div class=\"status-body\"><p class=\"status-title\">{}</p></div></section>", Text(text));
    }
    page.push_str("<dl class=\"facts\">");
    let when = format::when(language, entry.occurrence.range, at.date());
    fact(&mut page, "i-clock", labels.when, when);
    fact(&mut page, "i-place", labels.where_, &entry.venue().place);
    fact(&mut page, "i-people", labels.who, words.audience(activity.audience));
    page.push_str("</dl><p>");
    chip(&mut page, words, entry.fact(at), at.date());
    page.push_str("</p>");
    paragraphs(&mut page, activity.about.as_ref().map(|about| about.as_str()));
    page.push_str("</article>");
    frame(words, demo, Place::Page(words.list.title), "/", &page)
}

/// A date to pin up.
pub fn poster(words: &Words, demo: bool, entry: &Entry<'_>, at: Timestamp) -> String {
    let (activity, range) = (entry.activity, entry.occurrence.range);
    let day = format::day_head(words.language, range.start().date(), at.date());
    let mut page = String::new();
    put!(page, "<article class=\"poster\" data-category=\"{}\">", activity.category.as_str());
    put!(page, "<p class=\"poster-tag\">{}</p>", Text(words.category(activity.category)));
    put!(page, "<h1 class=\"poster-title\">{}</h1>", Text(&activity.title));
    if let Some(team) = entry.team {
        put!(page, "<p class=\"poster-team\">{}</p>", Text(team));
    }
    if entry.occurrence.cancelled.is_some() {
        put!(page, "<p class=\"poster-off\">{}</p>", Text(words.occurrence.called_off));
    }
    put!(page, "<p class=\"poster-when\"><span class=\"nb\">{}</span> ", Text(&day.date));
    put!(page, "<span class=\"nb\">{}</span></p>", Text(format::time_range(words.language, range)));
    if let Some(lunar) = day.lunar {
        put!(page, "<p class=\"poster-lunar\">{}</p>", Text(lunar));
    }
    put!(page, "<p class=\"poster-where\">{}</p>", Text(&entry.venue().place));
    put!(page, "<p class=\"poster-who\">{}</p>", Text(words.audience(activity.audience)));
    put!(
        page,
        "<figure class=\"poster-code\"><img src=\"/a/{}/code.svg\" width=\"280\" height=\"280\" alt=\"\">",
        entry.id
    );
    put!(page, "<figcaption>{}</figcaption></figure></article>", Text(words.poster.scan));
    frame(words, demo, Place::Page(words.list.title), "/", &page)
}

fn paragraphs(page: &mut String, text: Option<&str>) {
    for line in text.into_iter().flat_map(str::lines).filter(|line| !line.trim().is_empty()) {
        put!(page, "<p>{}</p>", Text(line));
    }
}

/// One space.
pub fn space(words: &Words, demo: bool, row: &SpaceRow, at: Timestamp) -> String {
    let labels = &words.space;
    let mut page = String::new();
    put!(page, "<article><header class=\"space-hero\"><div class=\"space-picture\">");
    put!(page, "<img src=\"/pictures/{}.svg\" width=\"640\" height=\"360\" alt=\"\"></div>", row.kind.as_str());
    let heads = words.spaces.heads(row.policy.mode.heads());
    put!(page, "<p class=\"space-card-kind\">{} · {}</p>", Text(words.space_kind(row.kind)), Text(heads));
    put!(page, "<h1 class=\"page-title\">{}</h1></header><dl class=\"facts\">", Text(&row.name));
    fact(&mut page, "i-place", labels.address, &row.address);
    if let Some(access) = &row.access {
        fact(&mut page, "i-info", labels.access, access);
    }
    let door = words.door(&row.hours, &row.closures, at);
    fact(&mut page, "i-clock", labels.hours, door.facts.join(" · "));
    fact(&mut page, "i-people", words.spaces.host, format::list(words.language, &names(row)));
    page.push_str("</dl>");
    paragraphs(&mut page, row.about.as_ref().map(|about| about.as_str()));
    page.push_str("</article>");
    return frame(words, demo, Place::Page(words.spaces.title), "/s", &page);

    fn names(row: &SpaceRow) -> Vec<&str> {
        row.hosts.iter().map(|host| host.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_becomes_markup() {
        let text = "<script>alert(\"1\")</script> & 'x'";
        let expected = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;";
        assert_eq!(Text(text).to_string(), expected);
        let mut html = String::new();
        head(&mut html, domain::words::words(Language::ZhCn), "", text, text, Some("/"));
        assert!(!html.contains("<script>") && html.contains(expected));
    }
}
