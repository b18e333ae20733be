//! The characters of two readings that names are full of. Browsers, which tell the reading of all others, know one of the two.

/// Characters that begin with one of two letters, by what they mean.
pub(crate) const OF_TWO_READINGS: [(char, [char; 2]); 20] = [
    ('重', ['c', 'z']),
    ('长', ['c', 'z']),
    ('乐', ['l', 'y']),
    ('行', ['h', 'x']),
    ('调', ['d', 't']),
    ('朝', ['c', 'z']),
    ('传', ['c', 'z']),
    ('弹', ['d', 't']),
    ('会', ['h', 'k']),
    ('参', ['c', 's']),
    ('藏', ['c', 'z']),
    ('校', ['j', 'x']),
    ('降', ['j', 'x']),
    ('解', ['j', 'x']),
    ('车', ['c', 'j']),
    ('单', ['d', 's']),
    ('曾', ['c', 'z']),
    ('盛', ['c', 's']),
    ('折', ['s', 'z']),
    ('石', ['d', 's']),
];
