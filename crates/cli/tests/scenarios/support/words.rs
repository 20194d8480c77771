//! Messages in many scripts, each with a word in it that is nowhere by chance.

/// Sentences: plain, right to left, conjuncts, ideographs, combining marks, emoji of several code points.
const SENTENCES: [(&str, &str); 10] = [
    ("I keep the spare key under the blue flowerpot.", "flowerpot"),
    ("هل يستطيع أن يرى ما أكتبه الآن؟", "يستطيع"),
    ("क्या आप अभी मुझसे बात कर सकती हैं?", "मुझसे"),
    ("我现在用的是图书馆的电脑。", "图书馆的电脑"),
    ("Zwetschgenknödel with ö as two code points: o\u{308}.", "Zwetschgenknödel"),
    ("אני לא בטוחה שזה המקום הנכון.", "המקום"),
    ("👩🏽‍🦱 wrote: ขอบคุณมากค่ะ", "ขอบคุณมาก"),
    ("Tiếng Việt có nhiều dấu: người, được, những.", "Tiếng Việt"),
    ("Δεν θέλω να το μάθει κανείς.", "μάθει"),
    (
        "(ﾉ◕ヮ◕)ﾉ 明日また書きます。 <b>not markup</b> & \"quotes\" \\ \n second line",
        "明日また書きます",
    ),
];

/// What one side writes: message `number` of a chat. One in ten is as long as a message may be.
pub(crate) fn message(side: &str, number: usize) -> String {
    let (sentence, _) = SENTENCES[number % SENTENCES.len()];
    let mut text = format!("{side} {number}: {sentence}");
    if number % 10 == 9 {
        let missing = 4_000 - text.chars().count();
        text.extend(std::iter::repeat_n('न', missing));
    }
    text
}

/// Words that stand in those messages.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    SENTENCES.iter().map(|(_, word)| *word)
}
