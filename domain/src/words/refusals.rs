//! Why something was refused: one sentence for each reason, each saying what to do next.

use super::template::catalogue;
use super::{Words, format};
use crate::refusal::{Eligibility, Refusal};
use crate::time::LocalDate;

catalogue! {
    /// Why something was refused.
    Refusals {
        not_allowed: "这件事要有相应的身份才能办。请换登记过的手机号登录，或打电话问社区。", "Your role does not include this. Sign in with the registered number or call the community.";
        gone: "这一项已经不在了。请回到列表重新选。", "This is no longer here. Go back to the list and choose again.";
        malformed: "有一项没填对。请打开再看看，或打电话问社区。", "One of the entries is not right. Open it and check, or call the community.";
        changed: "刚刚有变化。请看看新的内容，再决定。", "This has changed meanwhile. Have a look and decide again.";
        dependency_refused: "前面一步没成功，这一步也没法办。请先看前面那一条。", "An earlier step was refused, so this one can't be done. See that one first.";
        server_fault(reference): "我们这边出错了，没办成，已经记下（编号{reference}）。请过会儿再办一次，或打电话问社区。", "Something broke on our side and we have been told (ref {reference}). Do it again later, or call the community.";
        no_sign_up_needed: "这个活动不用报名，到时候直接来。", "No sign-up needed; just come.";
        sign_up_not_open(when): "{when}开始报名，到时候再来。", "Sign-up opens {when}; come back then.";
        sign_up_closed(when): "报名时间过了（{when}截止）。可以看看别的场次，或打电话问团队。", "Sign-up closed {when}. See other dates or call the team.";
        occurrence_cancelled: "这一场取消了。看看其他场次。", "This date is cancelled. See the other dates.";
        occurrence_over: "这一场已经结束。看看其他场次。", "This date is over. See the other dates.";
        already_in: "您家已经报过这一场了。要换人，请先取消原来的报名，再一起报。", "Your household is signed up for this already. To change who comes, withdraw first, then sign up together.";
        neighbour_already_in: "这位邻居已经登记过了，一个人只登记一次。请看看名单；要是同名的另一位，请填手机号再报。", "This neighbour is entered already, and everybody is entered once. See the list; if it is somebody else of that name, add their number.";
        not_eligible_age(from, to): "这个活动要{from}–{to}岁的孩子。请换人，或看看别的活动。", "This is for children aged {from}–{to}. Choose somebody else or another activity.";
        not_eligible_seniors: "这个活动要满60岁。请换人，或看看别的活动。", "This is for people of 60 and over. Choose somebody else or another activity.";
        birth_month_needed: "这个活动要满60岁。请先在「我的」里填出生年月，家人的在「家人」里填。", "This is for people of 60 and over. First add the month of birth under Mine, or under Family for others.";
        not_eligible_adults: "这个活动只限成人。请把孩子去掉再报。", "This is for adults only. Leave the children out and try again.";
        guardian_needed: "孩子要有大人陪。请勾上一位大人。", "Children come with an adult. Tick one.";
        child_needed: "这是亲子活动。请勾上要来的孩子。", "This is for families. Tick the child who comes.";
        party_empty: "请选要去的人。", "Choose who is coming.";
        party_too_big(max): "一次最多报{max}人。请少选几位。", "At most {max} in one party. Choose fewer.";
        waitlist_full: "名额满了，候补也满了。看看其他场次。", "Full, and so is the waitlist. See the other dates.";
        pool_full: "登记抽签的人已经满了。看看其他场次，或抽签以后再来候补。", "As many have entered the draw as can. See the other dates, or come back after the draw to wait.";
        no_offer: "现在没有给您留的名额，可能已经让给别人了。请看看这一场，还可以再报。", "No place is held for you now; it may have gone to somebody else. Open the date; you can sign up again.";
        reason_needed: "报上的人比新名额多，要说一声为什么。请选一个原因。", "More people have a place than may come now, so say why. Choose a reason.";
        not_confirmed: "还在候补，没有名额，不能签到。有名额后再签。", "Still on the waitlist. Check in once there is a place.";
        check_in_not_open(when): "{when}开始签到，到时候再来。", "Check-in opens {when}; come back then.";
        door_full: "名额满了。人已经进来的，请选为什么，再记一次。", "It is full. If they are in already, choose why and add them again.";
        door_full_but(n): "名额只剩{n}个。人已经进来的，请选为什么，再记一次。", "Only {n} {n?place is|places are} left. If they are in already, choose why and add them again.";
        occurrence_not_begun(when): "这一场{when}才开始，办完再来登记。", "This date begins {when}; come back after it.";
        closing_over(when): "登记时间过了（{when}截止）。要补登记，请打电话问社区。", "How it went could be said until {when}. Call the community.";
        month_closed(when): "这个月的登记{when}截止了。有情况请打电话跟片区说。", "That month could be changed until {when}. Call the district.";
        ends_before_start: "结束要在开始后面。请重新选时间。", "The end must be after the start. Choose the time again.";
        off_grid(length): "时间要按{length}一格来选。请重新选。", "Times go in steps of {length}. Choose again.";
        too_short(length): "最少约{length}。请选长一点。", "At least {length}. Choose a longer time.";
        too_long(length): "最多约{length}。请选短一点。", "At most {length}. Choose a shorter time.";
        in_the_past: "这个时间已经过了。请选后面的时间。", "That time has passed. Choose a later one.";
        too_soon(length): "要提前{length}约。请选晚一点的时间，或打电话问客厅主人。", "Book at least {length} ahead. Choose a later time or call the host.";
        too_far(when): "现在最远能约到{when}。请选近一点的日子。", "Bookings are open until {when}. Choose an earlier day.";
        space_closed: "这段时间不开放。请换个时间。", "Closed at that time. Choose another.";
        space_closed_why(why): "这段时间不开放：{why}。请换个时间。", "Closed at that time: {why}. Choose another.";
        ages_outside(from, to): "这里适合{from}–{to}岁的孩子，要有大人陪。请换人，或看看别的空间。", "For children aged {from}–{to} with an adult. Choose others or another space.";
        too_many_open(max): "一家在这里最多同时约{max}次。用完一次再约，或取消一次。", "A household may hold {max} {max?booking|bookings} here at a time. Use or cancel one first.";
        already_booked: "这段时间您已经约了。在「我的」里能看到。", "You have booked this time already; see Mine.";
        slot_taken: "这个时间刚被别人约走。换个时间试试。", "Just taken. Try another time.";
        slot_full(n): "这个时间只剩{n}个位子。请少来几位，或换个时间。", "Only {n} {n?place is|places are} left then. Come with fewer, or choose another time.";
        slot_full_none: "这个时间坐满了。换个时间试试。", "No places left then. Try another time.";
        booking_decided: "这个预约已经处理过了。请看看最新的状态。", "This booking has been settled already. See where it stands.";
        answer_overdue(when): "要在{when}前答复，现在已经过期，时间让出来了。还想用的话，请对方重新约。", "An answer was due by {when}; the request has lapsed and the time is free. If they still want it, ask them to book again.";
        bad_length: "一场要在15分钟到12小时之间。请重新选时间。", "A date lasts from 15 minutes to 12 hours. Choose the times again.";
        series_too_long(when): "最远能排到{when}。请改早一点结束。", "Dates may reach {when} at most. Choose an earlier last day.";
        no_dates: "一年里都没有这样的日子。请把规则改一改。", "No day within a year is as the rule says. Change the rule.";
        dates_overlap: "前一场还没结束，下一场就要开始了。请改短一点，或少排几次。", "One date would begin before the last has ended. Make it shorter, or have fewer dates.";
        date_exists: "这个活动那时候已经有一场了。请换个时间。", "The activity has a date at that time already. Choose another time.";
        plan_changed: "刚才又有了变化，比如有人报了名，所以还没改。请再看一遍会改什么。", "Something has changed meanwhile, say somebody signed up, so nothing was done. Look again at what would change.";
        capacity_zero: "名额至少要有1个。不限人数就选「不限」。", "At least one place is needed. Choose \"No limit\" if there is none.";
        no_time_to_draw(when): "抽签要在{when}，已经来不及了。请把抽签改晚一点、日子改远一点，或改成先到先得。", "The draw would have been {when}, which has passed. Draw later, choose a later date, or take first come, first served.";
        venue_taken(dates): "{dates}这个空间已经有人用了。请换时间或换地方。", "The space is taken on {dates}. Choose another time or place.";
        household_full(max): "一家最多加{max}人。先去掉一位再加。", "A household holds at most {max} people. Remove one first.";
        person_signed_up: "这位家人还有没去的活动。先取消那个报名，再从家人里去掉。", "They are still signed up for something. Cancel that first, then remove them.";
        consent_needed: "要本人同意，孩子要监护人同意。请问过再勾选。", "They must agree, for a child the guardian. Ask, tick the box and try again.";
        unknown: "没办成。请更新后再试，或打电话问社区。", "This was not possible. Update the app and try again, or call the community.";
    }
}

impl Words {
    /// Why something was refused, and what to do next. Times are absolute, because a refusal is kept and read later.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let (texts, language) = (&self.refusals, self.language);
        let at = |when| format::fixed_moment(language, when);
        let day = |on: LocalDate| format::date(language, on, on);
        let minutes = |count: u16| format::duration(language, count.into());
        match refusal {
            Refusal::NotAllowed => texts.not_allowed.to_owned(),
            Refusal::Gone => texts.gone.to_owned(),
            Refusal::Malformed { .. } => texts.malformed.to_owned(),
            Refusal::Changed => texts.changed.to_owned(),
            Refusal::DependencyRefused => texts.dependency_refused.to_owned(),
            Refusal::ServerFault { reference } => texts.server_fault(reference),
            Refusal::NoSignUpNeeded => texts.no_sign_up_needed.to_owned(),
            Refusal::SignUpNotOpen { opens_at } => texts.sign_up_not_open(at(*opens_at)),
            Refusal::SignUpClosed { closed_at } => texts.sign_up_closed(at(*closed_at)),
            Refusal::OccurrenceCancelled => texts.occurrence_cancelled.to_owned(),
            Refusal::OccurrenceOver => texts.occurrence_over.to_owned(),
            Refusal::AlreadyIn { .. } => texts.already_in.to_owned(),
            Refusal::NeighbourAlreadyIn => texts.neighbour_already_in.to_owned(),
            Refusal::NotEligible { why, .. } => match *why {
                Eligibility::ChildAge { from, to } => texts.not_eligible_age(from, to),
                Eligibility::Seniors => texts.not_eligible_seniors.to_owned(),
                Eligibility::Adults => texts.not_eligible_adults.to_owned(),
            },
            Refusal::BirthMonthNeeded { .. } => texts.birth_month_needed.to_owned(),
            Refusal::GuardianNeeded => texts.guardian_needed.to_owned(),
            Refusal::ChildNeeded => texts.child_needed.to_owned(),
            Refusal::PartyEmpty => texts.party_empty.to_owned(),
            Refusal::PartyTooBig { max } => texts.party_too_big(max),
            Refusal::WaitlistFull => texts.waitlist_full.to_owned(),
            Refusal::PoolFull => texts.pool_full.to_owned(),
            Refusal::NoOffer => texts.no_offer.to_owned(),
            Refusal::ReasonNeeded => texts.reason_needed.to_owned(),
            Refusal::NotConfirmed => texts.not_confirmed.to_owned(),
            Refusal::CheckInNotOpen { opens_at } => texts.check_in_not_open(at(*opens_at)),
            Refusal::DoorFull { places_left: 0 } => texts.door_full.to_owned(),
            Refusal::DoorFull { places_left } => texts.door_full_but(places_left),
            Refusal::OccurrenceNotBegun { starts_at } => texts.occurrence_not_begun(at(*starts_at)),
            Refusal::ClosingOver { closed_at } => texts.closing_over(at(*closed_at)),
            Refusal::MonthClosed { last_on } => texts.month_closed(day(*last_on)),
            Refusal::EndsBeforeStart => texts.ends_before_start.to_owned(),
            Refusal::OffGrid { minutes: grid } => texts.off_grid(minutes(*grid)),
            Refusal::TooShort { minutes: least } => texts.too_short(minutes(*least)),
            Refusal::TooLong { minutes: most } => texts.too_long(minutes(*most)),
            Refusal::InThePast => texts.in_the_past.to_owned(),
            Refusal::TooSoon { notice_minutes } => texts.too_soon(format::duration(language, *notice_minutes)),
            Refusal::TooFar { last_on } => texts.too_far(day(*last_on)),
            Refusal::SpaceClosed { reason: None } => texts.space_closed.to_owned(),
            Refusal::SpaceClosed { reason: Some(why) } => texts.space_closed_why(why),
            Refusal::AgesOutside { from, to } => texts.ages_outside(from, to),
            Refusal::TooManyOpenBookings { max } => texts.too_many_open(max),
            Refusal::AlreadyBooked => texts.already_booked.to_owned(),
            Refusal::SlotTaken => texts.slot_taken.to_owned(),
            Refusal::SlotFull { heads_left: 0 } => texts.slot_full_none.to_owned(),
            Refusal::SlotFull { heads_left } => texts.slot_full(heads_left),
            Refusal::BookingDecided => texts.booking_decided.to_owned(),
            Refusal::AnswerOverdue { answer_by } => texts.answer_overdue(at(*answer_by)),
            Refusal::BadLength => texts.bad_length.to_owned(),
            Refusal::SeriesTooLong { last_on } => texts.series_too_long(day(*last_on)),
            Refusal::NoDates => texts.no_dates.to_owned(),
            Refusal::DatesOverlap => texts.dates_overlap.to_owned(),
            Refusal::DateExists => texts.date_exists.to_owned(),
            Refusal::PlanChanged => texts.plan_changed.to_owned(),
            Refusal::CapacityZero => texts.capacity_zero.to_owned(),
            Refusal::NoTimeToDraw { draws_at } => texts.no_time_to_draw(at(*draws_at)),
            Refusal::VenueTaken { dates, .. } => {
                let dates: Vec<String> = dates.iter().map(|on| day(*on)).collect();
                texts.venue_taken(format::list(language, &dates))
            }
            Refusal::HouseholdFull { max } => texts.household_full(max),
            Refusal::PersonSignedUp { .. } => texts.person_signed_up.to_owned(),
            Refusal::ConsentNeeded => texts.consent_needed.to_owned(),
            Refusal::Unknown => texts.unknown.to_owned(),
        }
    }
}
