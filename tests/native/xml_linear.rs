//! X5: twice the input takes no more than about twice the time, for each family of hostile bodies. `npm run timing` runs it.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use paysign::{Limits, build_xml, parse_xml};

/// Small limits would stop these bodies before they hurt; the reader itself has to be linear as well.
const NO_LIMITS: Limits = Limits { bytes: usize::MAX, fields: usize::MAX, name: 64, value: usize::MAX };
/// Large enough that caches and the first allocations do not disturb the ratio of the two sizes.
const SMALL: usize = 96 << 10;

type Family = (&'static str, fn(usize) -> String);

const FAMILIES: [Family; 16] = [
    ("text", |n| format!("<xml><a>{}</a></xml>", "x".repeat(n))),
    ("CDATA", |n| format!("<xml><a><![CDATA[{}]]></a></xml>", "]".repeat(n))),
    ("CDATA in pieces", |n| format!("<xml><a>{}</a></xml>", "<![CDATA[x]]>".repeat(n / 13))),
    ("text and CDATA in turns", |n| format!("<xml><a>{}</a></xml>", "y<![CDATA[x]]>".repeat(n / 14))),
    ("entities", |n| format!("<xml><a>{}</a></xml>", "&amp;".repeat(n / 5))),
    ("numeric references", |n| format!("<xml><a>{}</a></xml>", "&#65;".repeat(n / 5))),
    ("one endless reference", |n| format!("<xml><a>&#x{}41;</a></xml>", "0".repeat(n))),
    ("& without an end", |n| format!("<xml><a>{}</a></xml>", "&".repeat(n))),
    ("brackets", |n| format!("<xml><a>{}</a></xml>", "]".repeat(n))),
    ("carriage returns", |n| format!("<xml><a>{}</a></xml>", "\r".repeat(n))),
    ("comments", |n| format!("<xml>{}<a>1</a></xml>", "<!---->".repeat(n / 7))),
    ("hyphens in a comment", |n| format!("<xml><!-- {} --><a>1</a></xml>", "- ".repeat(n / 2))),
    ("siblings", |n| format!("<xml>{}</xml>", (0..n / 16).map(|i| format!("<f{i}>1</f{i}>")).collect::<String>())),
    ("one name again and again", |n| format!("<xml>{}</xml>", "<a>1</a>".repeat(n / 8))),
    ("nesting", |n| format!("<xml>{}", "<a>".repeat(n / 3))),
    ("attributes", |n| format!("<xml><a {}/></xml>", "b=\"1\" ".repeat(n / 6))),
];

/// The resolution of this thread's clock, at most.
const TICK: Duration = Duration::from_millis(4);

fn time(run: impl Fn()) -> Duration {
    let start = on_processor();
    run();
    on_processor().saturating_sub(start)
}

/// The CPU time of this thread, where the system has it: waiting for a busy processor does not count.
fn on_processor() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The largest ratio that counts as linear. Quadratic work has a ratio of 4 in every round.
const LINEAR: f64 = 2.3;

/// Repeats both until they take longer than the clock's ticks. Ends after nine rounds, or with a good ratio.
fn ratio(small: impl Fn(), large: impl Fn()) -> f64 {
    let repeated = |run: &dyn Fn(), times: u32| time(|| (0..times).for_each(|_| run()));
    let mut times = 1;
    while repeated(&small, times) < 5 * TICK {
        times *= 2;
    }
    let rounds = (0..9).map(|_| repeated(&large, times).as_secs_f64() / repeated(&small, times).as_secs_f64());
    let mut least = f64::MAX;
    for ratio in rounds {
        least = least.min(ratio);
        if least < LINEAR {
            break;
        }
    }
    least
}

pub fn reading_takes_time_in_proportion_to_the_body() {
    for (name, family) in FAMILIES {
        let (small, large) = (family(SMALL), family(2 * SMALL));
        let read = |body: &str| drop(black_box(parse_xml(black_box(body.as_bytes()), &NO_LIMITS)));
        let ratio = ratio(|| read(&small), || read(&large));
        assert!(ratio < LINEAR, "{name}: twice the body takes {ratio:.2} times as long");
    }
}

pub fn a_body_of_another_root_or_without_an_end_is_read_in_proportion_as_well() {
    let families: [Family; 4] = [
        ("end tags", |n| "</xml>".repeat(n / 6)),
        ("declarations", |n| format!("<?xml {}", "version=\"1.0\" ".repeat(n / 14))),
        ("white space", |n| " ".repeat(n)),
        ("a cut-off value", |n| format!("<xml><a>{}", "x&lt;".repeat(n / 5))),
    ];
    for (name, family) in families {
        let (small, large) = (family(SMALL), family(2 * SMALL));
        let read = |body: &str| drop(black_box(parse_xml(black_box(body.as_bytes()), &NO_LIMITS)));
        let ratio = ratio(|| read(&small), || read(&large));
        assert!(ratio < LINEAR, "{name}: twice the body takes {ratio:.2} times as long");
    }
}

pub fn writing_takes_time_in_proportion_to_the_value() {
    let values: [Family; 3] =
        [("end marks", |n| "]]>".repeat(n / 3)), ("markup", |n| "<&>".repeat(n / 3)), ("text", |n| "测".repeat(n / 3))];
    for (name, family) in values {
        let params = |n: usize| paysign::Params::from_pairs([("v", family(n))]).unwrap();
        let (small, large) = (params(SMALL), params(2 * SMALL));
        let ratio = ratio(|| drop(black_box(build_xml(&small))), || drop(black_box(build_xml(&large))));
        assert!(ratio < LINEAR, "{name}: twice the value takes {ratio:.2} times as long");
    }
}
