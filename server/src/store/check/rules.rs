//! Promises that one statement can look for, on both engines.

/// A promise as a statement that answers (id, expected, found) for whatever breaks it.
pub(super) const RULES: [(&str, &str); 27] = [
    (
        "occurrence.taken",
        "select id, cast(counted as text) expected, cast(taken as text) found from (
             select o.id, o.taken, (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where m.occurrence = o.id and m.left_at is null and s.state = 'confirmed') counted
             from occurrence o) x where taken <> counted",
    ),
    (
        "occurrence.capacity",
        "select id, 'at most ' || cast(capacity as text) expected, cast(taken as text) found
         from occurrence where taken > capacity",
    ),
    (
        "occurrence.lowered",
        "select id, cast(taken as text) || ' until fewer have a place' expected, cast(capacity as text) found
         from occurrence where lowered_to is not null and capacity <> taken",
    ),
    (
        "sign_up.offer",
        "select s.id, 'over before ' || cast(o.starts_at as text) expected, cast(s.offer_until as text) found
         from sign_up s join occurrence o on o.id = s.occurrence where s.offer_until >= o.starts_at",
    ),
    (
        "occurrence.waiting_heads",
        "select id, cast(counted as text) expected, cast(waiting_heads as text) found from (
             select o.id, o.waiting_heads, (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where m.occurrence = o.id and m.left_at is null and s.state = 'waitlisted') counted
             from occurrence o) x where waiting_heads <> counted",
    ),
    (
        "occurrence.waiting_parties",
        "select id, cast(counted as text) expected, cast(waiting_parties as text) found from (
             select o.id, o.waiting_parties,
                    (select count(*) from sign_up s where s.occurrence = o.id and s.state = 'waitlisted') counted
             from occurrence o) x where waiting_parties <> counted",
    ),
    (
        "sign_up_member.holds",
        "select sign_up || '/' || person id, s.state || case when m.left_at is null then '' else ', left' end expected,
                cast(m.holds as text) found
         from sign_up_member m join sign_up s on s.id = m.sign_up
         where m.holds <> case when s.state = 'confirmed' and m.left_at is null then 1 else 0 end",
    ),
    (
        "sign_up.party",
        "select id, 'somebody' expected, 'nobody' found from sign_up s
         where state in ('confirmed', 'waitlisted')
           and not exists (select 1 from sign_up_member m where m.sign_up = s.id and m.left_at is null)",
    ),
    (
        "sign_up.live",
        "select account || ' ' || occurrence id, '1' expected, cast(count(*) as text) found
         from sign_up where state in ('confirmed', 'waitlisted') and behalf_of is null
         group by account, occurrence having count(*) > 1",
    ),
    (
        "sign_up.queue_order",
        "select s.id, 'its own, below ' || cast(o.next_order as text) expected, cast(s.queue_order as text) found
         from sign_up s join occurrence o on o.id = s.occurrence
         where s.queue_order >= o.next_order or exists (select 1 from sign_up t
             where t.occurrence = s.occurrence and t.queue_order = s.queue_order and t.id <> s.id)",
    ),
    (
        "sign_up_member.once",
        "select person || ' ' || occurrence id, '1' expected, cast(count(*) as text) found
         from sign_up_member where left_at is null group by person, occurrence having count(*) > 1",
    ),
    (
        "sign_up_member.person",
        "select m.sign_up || '/' || m.person id, 'of the household' expected,
                case when p.account <> s.account then 'of ' || p.account else 'removed' end found
         from sign_up_member m join sign_up s on s.id = m.sign_up join person p on p.id = m.person
         join occurrence o on o.id = m.occurrence
         where m.left_at is null and s.state in ('confirmed', 'waitlisted')
           and (p.account <> s.account or (p.removed_at < o.ends_at and s.behalf_of is null))",
    ),
    (
        "sign_up_member.seat",
        "select m.sign_up || '/' || m.person id,
                case when o.capacity is null then 'none' else '1..' || cast(o.capacity as text) || ', its own' end expected,
                coalesce(cast(m.seat as text), 'none') found
         from sign_up_member m join occurrence o on o.id = m.occurrence
         where m.left_at is null and m.holds = 1 and (
             (m.seat is null) <> (o.capacity is null) or m.seat < 1
             or (m.seat > o.capacity and o.capacity_changed_at is null)
             or exists (select 1 from sign_up_member n where n.occurrence = m.occurrence and n.seat = m.seat
                 and n.left_at is null and (n.sign_up <> m.sign_up or n.person <> m.person)))
         union all
         select m.sign_up || '/' || m.person id, 'none while it waits' expected, cast(m.seat as text) found
         from sign_up_member m join sign_up s on s.id = m.sign_up
         where s.state = 'waitlisted' and m.left_at is null and m.seat is not null",
    ),
    (
        "occurrence.cancelled",
        "select o.id, 'nobody' expected, s.id found from occurrence o join sign_up s on s.occurrence = o.id
         where o.cancelled_at is not null and s.state in ('confirmed', 'waitlisted')",
    ),
    (
        "sign_up.arrived",
        "select id, coalesce(cast(noted as text), 'not here') expected, coalesce(cast(checked_in_at as text), 'not here') found
         from (select s.id, s.checked_in_at, (select min(a.happened_at) from arrival a where a.sign_up = s.id
                   and not exists (select 1 from arrival_undone u where u.occurrence = a.occurrence and u.arrival = a.id)) noted
               from sign_up s) x where coalesce(checked_in_at, -1) <> coalesce(noted, -1)",
    ),
    (
        "activity.continued",
        "select a.id, a.team || ' ' || a.category expected, b.team || ' ' || b.category found
         from activity a join activity b on b.id = a.continued_by
         where b.team <> a.team or b.community <> a.community or b.category <> a.category",
    ),
    (
        "closing.date",
        "select c.occurrence id, 'a date that had begun' expected,
                case when o.cancelled_at is not null then 'called off' else 'not begun' end found
         from closing c join occurrence o on o.id = c.occurrence
         where o.cancelled_at is not null or o.starts_at > c.closed_at",
    ),
    (
        "booking.claim",
        "select b.id, 'held' expected, 'not held' found from booking b
         where b.state in ('requested', 'approved', 'checked_in') and not exists (
             select 1 from claim c where c.source_kind = 'booking' and c.source_id = b.id and c.space = b.space
               and c.s = b.starts_at / 900000 and c.e = (b.ends_at + 899999) / 900000
               and c.heads = b.adults + b.children)",
    ),
    (
        "occurrence.claim",
        "select o.id, 'held' expected, 'not held' found from occurrence o join activity a on a.id = o.activity
         where case when o.own_venue is null then a.venue_space else o.own_space end is not null
           and o.cancelled_at is null and not exists (
             select 1 from claim c where c.source_kind = 'occurrence' and c.source_id = o.id
               and c.space = case when o.own_venue is null then a.venue_space else o.own_space end and c.s = o.starts_at / 900000 and c.e = (o.ends_at + 899999) / 900000)",
    ),
    (
        "claim.source",
        "select c.id, 'something live' expected, 'nothing' found from claim c
         where (c.source_kind = 'booking' and not exists (select 1 from booking b
                   where b.id = c.source_id and b.state in ('requested', 'approved', 'checked_in')))
            or (c.source_kind = 'occurrence' and not exists (select 1 from occurrence o
                   where o.id = c.source_id and o.cancelled_at is null))",
    ),
    (
        "claim.atoms",
        "select c.id, sa.atom expected, 'not held' found from claim c join space_atom sa on sa.space = c.space
         where not exists (select 1 from claim_atom ca where ca.claim = c.id and ca.atom = sa.atom)
         union all
         select ca.claim, 'not held' expected, ca.atom found from claim_atom ca
         where not exists (select 1 from claim c join space_atom sa on sa.space = c.space
                           where c.id = ca.claim and sa.atom = ca.atom)",
    ),
    (
        "occupancy.limit",
        "select atom || '/' || cast(cell as text) id,
                'groups 0..' || cast(cap_g as text) || ', heads 0..' || cast(cap_p as text) || ', no core on a buffer' expected,
                cast(g as text) || ', ' || cast(p as text) || ', buffers ' || cast(buf as text) found
         from occupancy where g not between 0 and cap_g or p not between 0 and cap_p or buf < 0
             or (g > 0 and buf > 0 and cap_g = 1)",
    ),
    (
        "stream.head",
        "select r.stream || ' ' || r.class || ' ' || r.id id, 'at most ' || cast(s.head as text) expected,
                cast(r.seq as text) found
         from synced_row r join stream s on s.id = r.stream where r.seq > s.head
         union all
         select s.id, cast(s.head - s.floor as text) || ' ticks' expected, cast(count(t.seq) as text) found
         from stream s left join stream_tick t on t.stream = s.id and t.seq > s.floor
         group by s.id, s.head, s.floor having count(t.seq) <> s.head - s.floor or max(t.seq) <> s.head",
    ),
    (
        "processed_command.device",
        "select c.id, 'a device of ' || c.account expected, 'of ' || d.account found
         from processed_command c join device d on d.id = c.device where d.account <> c.account",
    ),
    (
        "processed_command.order",
        "select id, 'at least ' || cast(before as text) expected, cast(seq as text) found from (
             select id, seq, max(seq) over (partition by device, stream order by no
                 rows between unbounded preceding and 1 preceding) before
             from processed_command) x where seq < before",
    ),
    (
        "synced_row.seq",
        "select r.stream || ' ' || r.class || ' ' || r.id id, 'at least 1' expected, cast(r.seq as text) found
         from synced_row r where r.seq < 1",
    ),
    (
        "synced_row.there",
        "select class || ' ' || id id, expected, found from (
             select 'seats' class, o.id, 'a row' expected, 'none' found from occurrence o where not exists (
                 select 1 from synced_row r where r.stream = 'c:' || o.community and r.audience = 'public'
                 and r.class = 'seats' and r.id = o.id and r.gone_at is null)
             union all
             select 'sign_up', s.id, 'a row', 'none' from sign_up s where s.behalf_of is null and not exists (
                 select 1 from synced_row r where r.stream = 'c:' || s.community and r.audience = 'account:' || s.account
                 and r.class = 'sign_up' and r.id = s.id and r.gone_at is null)
             union all
             select 'closing', c.occurrence, 'a row', 'none' from closing c join occurrence o on o.id = c.occurrence
             where not exists (
                 select 1 from synced_row r where r.stream = 'c:' || o.community
                 and r.audience = 'community:' || o.community
                 and r.class = 'closing' and r.id = c.occurrence and r.gone_at is null)
             union all
             select 'roster', s.id, 'a row', 'none' from sign_up s where s.behalf_of is not null and not exists (
                 select 1 from synced_row r where r.stream = 'c:' || s.community
                 and r.audience = 'community:' || s.community and r.class = 'roster' and r.id = s.id and r.gone_at is null)
             union all
             select 'walk_in', a.id, 'a row', 'none' from arrival a join occurrence o on o.id = a.occurrence
             where a.way = 'walk_in'
               and not exists (select 1 from arrival_undone u where u.occurrence = a.occurrence and u.arrival = a.id)
               and not exists (
                 select 1 from synced_row r where r.stream = 'c:' || o.community
                 and r.audience = 'community:' || o.community
                 and r.class = 'walk_in' and r.id = a.id and r.gone_at is null)
             union all
             select 'exemption', d.community || '/' || d.month || '/' || d.duty, 'a row', 'none' from duty_exemption d
             where not exists (
                 select 1 from synced_row r where r.stream = 'c:' || d.community
                 and r.audience = 'community:' || d.community and r.class = 'exemption'
                 and r.id = d.community || '/' || d.month || '/' || d.duty and r.gone_at is null)
             union all
             select 'exemption', r.id, 'no row', 'one' from synced_row r
             where r.class = 'exemption' and r.gone_at is null and not exists (
                 select 1 from duty_exemption d where d.community || '/' || d.month || '/' || d.duty = r.id)
             union all
             select 'booking', b.id, 'a row', 'none' from booking b where not exists (
                 select 1 from synced_row r where r.stream = 'c:' || b.community and r.audience = 'account:' || b.account
                 and r.class = 'booking' and r.id = b.id and r.gone_at is null)
             union all
             select 'notice', n.id, 'a row', 'none' from notice n where not exists (
                 select 1 from synced_row r where r.stream = 'c:' || n.community and r.audience = 'account:' || n.account
                 and r.class = 'notice' and r.id = n.id and r.gone_at is null)
             union all
             select 'person', p.id, 'a row', 'none' from person p where p.removed_at is null and not exists (
                 select 1 from synced_row r where r.stream = 'a:' || p.account and r.audience = 'account:' || p.account
                 and r.class = 'person' and r.id = p.id and r.gone_at is null)
             union all
             select 'person', p.id, 'no row', 'one' from person p where p.removed_at is not null and exists (
                 select 1 from synced_row r where r.stream = 'a:' || p.account and r.audience = 'account:' || p.account
                 and r.class = 'person' and r.id = p.id and r.gone_at is null)) x",
    ),
];
