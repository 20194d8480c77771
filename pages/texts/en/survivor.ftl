### The survivor's page. For people in fear and in a hurry: short, warm, exact; reading age 11.

## The way out, on every screen

leave-this-page = Leave this page
# Said by a screen reader, and shown, after the first press of the Shift key.
leave-two-more = Press Shift 2 more times to leave this page.
leave-one-more = Press Shift 1 more time to leave this page.

## Before the chat

chat-heading = Chat with an advocate
chat-open = Chat is open now
chat-closed = Chat is closed now
# Where another server than the relay gives the page out, until the relay has answered.
chat-unknown = Chat is open at the times under “When chat is open”. Whether somebody is here at this moment shows once chat has loaded.
# Followed by a day and a time, where that became known while the page was open.
opens-again = Chat opens again: { $when }.
chat-closed-what-now = You can reach an advocate in the other ways on this page.
chat-notice = Chat is closed for now
# Where the server of the chat does not answer.
chat-unreachable = Chat cannot be reached right now
chat-unreachable-what-now = This page keeps trying. Until then you can reach an advocate in the other ways on this page.
chat-nobody = Nobody is free to answer right now
chat-nobody-what-now = You can keep this page open. It shows “Start chat” as soon as an advocate is there. Until then you can reach one in the other ways on this page.
start-chat = Start chat
start-promise-name = You do not have to say who or where you are.
start-promise-private = Only you and the advocate can read what you write.
start-promise-erased = When the chat ends, it is erased on both sides.
start-promise-choice = You decide what to share, and you can stop at any time.
safety-leave-heading = If you have to leave quickly
safety-leave = “Leave this page” is always at the top. One press, or the Shift key three times, empties this page and opens an ordinary website.
# Where no scripts run.
safety-leave-no-script = “Leave this page” is always at the top. One press opens an ordinary website. The browser’s Back button then shows this page again, so close the tab or the window after that.
safety-leave-limits = It cannot remove this page’s address from the browser’s history, and it cannot stop spyware, a camera or someone who looks at the screen.
no-script-heading = Chat cannot start in this browser
no-script = Chat needs JavaScript. It is switched off here, did not load, or is too old. Nothing was sent. You can reach an advocate in the other ways on this page, or open it in another browser.

## A chat whose page was lost

lost-page = I lost my chat, or have three words to come back
lost-words = The three words from your chat
lost-hint = They lead back to the same advocate, for as long as that advocate is on duty. What was written before is not shown again.
# Where chat is not open.
lost-page-closed = Were you in a chat, and lost this page? The three words work only while chat is open.
three-words = These are not three words. Please look at them again.
lost-return = Go back to my advocate

## What may stay on this device. One of the browsers’ texts is shown, the one for the browser in use.

advice-heading = What others could find on this device
advice-history = This visit leaves one line in the browser’s history:
advice-chrome-desktop = Chrome: press Ctrl and H together (on a Mac, Command and Y). Press the three dots beside that line, then “Remove from history”. A window that keeps no history: Ctrl, Shift and N (on a Mac, Command, Shift and N).
advice-chrome-phone = Chrome: open the menu with the three dots, then History. Press the cross beside that line (on an iPhone, press Edit, choose the line, then Delete). Incognito, in the same menu, keeps no history.
advice-edge-desktop = Edge: press Ctrl and H together (on a Mac, Command and Y). Press the cross beside that line. A window that keeps no history: Ctrl, Shift and N (on a Mac, Command, Shift and N).
advice-edge-phone = Edge: open the menu, then History. Hold that line down, then press Delete. InPrivate, in the list of tabs, keeps no history.
advice-firefox-desktop = Firefox: press Ctrl, Shift and H together (on a Mac, Command, Shift and H). Press that line with the right mouse button, then “Delete Page”. A window that keeps no history: Ctrl, Shift and P (on a Mac, Command, Shift and P).
advice-firefox-phone = Firefox: open the menu, then History. Press the sign beside that line, then Delete (on an iPhone, push the line to the left). Private tabs, under the mask, keep no history.
advice-safari-desktop = Safari: press Command and Y together. Choose that line and press the Delete key. A window that keeps no history: Command, Shift and N.
advice-safari-phone = Safari: press the open book, then the clock. Push that line to the left, then press Delete. Private tabs, in the list of tabs, keep no history.
advice-samsung-phone = Samsung Internet: open the menu, then History. Hold that line down, then press Delete. Secret mode, in the list of tabs, keeps no history.
advice-any-browser = Open the browser’s menu, then History. Find that line and remove it alone. A private window, in the same menu, keeps no history.
advice-whole-history = An empty history can be noticed. Removing one line draws less notice.
advice-account = Is this browser signed in to an account that others use, such as a family account? Then they may see the history on their own devices.
advice-keyboard = A phone’s keyboard may learn words that you write, and suggest them later. You can switch that off in its settings.
advice-network = Whoever runs the Wi-Fi or pays for the line may see that this address was opened. They cannot see what is written.
advice-spyware = No page can stop spyware, a screenshot or a camera. If there could be spyware here, another device is safer.

## Is it safe to chat here?

step-safety = Before the chat: 1 of 2
# Where the program asks optional questions.
step-safety-of-three = Before the chat: 1 of 3
safety-heading = Is it safe to chat here?
safer-said = Safer ways to reach an advocate are shown below.
safer-heading = Ways that may be safer
safety-may-continue = You can continue whatever you answer, and without an answer. Only advocates see the answer.
continue = Continue

## Rights, and what happens here

step-rights = Before the chat: 2 of 2
step-rights-of-three = Before the chat: 2 of 3
rights-heading = Your rights, and what happens here
rights-unseen = Nobody here can see who or where you are. So nobody can send help unless you tell us where.
rights-danger = In danger now, call:
rights-platform = Who runs this chat
rights-ask = You can ask your advocate about any of this.
# Where the program keeps code words. Everybody is asked; it says nothing of whether there is one.
has-word = I have agreed on a code word here before
has-word-about = Nobody needs one, and you get the same help without. Leave this empty if you like. Only advocates see it.

## Optional questions

step-questions = Before the chat: 3 of 3
questions-heading = Questions that you can skip
questions-choice = You do not have to answer anything here. You get the same help if you skip it all. What you answer is sent only once you are in a chat. It is counted together with the answers of others, and your advocate does not see it.
skip-all = Skip all
# The last choice of each question, which takes an answer back.
rather-not = I would rather not say

## Other ways to reach an advocate

ways-heading = Other ways to reach an advocate
# The same list, folded away above a chat on a phone: two or three words.
ways-short = Other ways to get help
danger-heading = In danger right now?
hours-heading = When chat is open
time-zone = Time zone:
languages-heading = Languages
language-interpreter = An interpreter joins if you agree.
language-label = Language for the chat
language-other = Another language
# Where the page itself can be read in several languages.
language-words = Language
language-now = This page is in { $language } now.
language-not-loaded = This page could not be loaded in that language. Nothing else has changed. You can try again.
no-machine = Nothing here is translated by a machine.

## Waiting

waiting-heading = Waiting for an advocate
place-asking = Asking for your place in the line.
place-next = You are next.
place-ahead = People ahead of you: { $count }
# While the page solves a puzzle for a relay that many people ask at once, if it takes longer than a moment.
place-busy = Many people are coming at the moment. Your place is being asked for. This can take up to a minute. You can write meanwhile.
waiting-next-heading = What comes next
waiting-next = When an advocate is free, they join you here. You do not have to do anything.
waiting-held = When all advocates are with others, your place in the line is kept.
waiting-write = You can already write. It stays on this device until an advocate is here, and then they can read it.
# For whoever typed the three words of a lost chat.
waiting-words = If the three words are right, your advocate sees that you are back. If they are not, another advocate joins you.
waiting-kept = Your message will be sent in a moment. This page is still getting ready.
stop-waiting = Stop waiting

## In the chat

conversation-heading = Your chat
conversation = Conversation
roster = Who is here
your-message = Your message
message-hint = Enter sends. Shift and Enter together start a new line.
send = Send
characters-left = You can write { $count } more characters in this message.
characters-over = This message is too long by { $count } characters. You can send it in two parts.
message-not-now = This could not be sent just now. Your words are still in the box.
line-up = Connected
line-starting = Connecting
line-down = There is no connection at the moment. This page is trying again by itself. Nothing is lost: what you write is sent when the connection is back.
# Followed by the three words.
return-words-keep = If this page is lost, open its address again and type these three words:
return-words-hide = Hide the words
opening-more = More about this
# Opens the two offers below.
live-ways = How you write
live-now = What you type is seen when you send it. You can show each other more, if you both want to.
live-deleted = With words as they are typed, each of you sees all that is in the other’s box, also words that are deleted again.
live-offer-typing = Ask to show when somebody is typing
live-offer-text = Ask to show words as they are typed
live-asked-typing = You asked to show each other when somebody is typing. Nothing is shown until the advocate says yes.
live-asked-text = You asked to show each other words as they are typed. Nothing is shown until the advocate says yes.
live-back = Take it back
live-offered-typing = The advocate asks to show each other when somebody is typing.
live-offered-text = The advocate asks to show each other words as they are typed, before they are sent.
live-choice = It is your choice. You can stop it at any time.
live-yes = Yes, show it
live-no = No, do not show it
live-on-typing = The advocate sees when you are typing.
live-on-text = The advocate sees what you type as you type it, also words that you delete.
live-stop = Stop showing it
live-off = What you type is seen when you send it, and not before.
silence-asked = Are you still there? There is no hurry. Press any key, or the button, and the chat stays open.
silence-minute = You have not written for a while, so this chat closes in about a minute. Press any key, or the button, and it stays open.
silence-minutes = You have not written for a while, so this chat closes in about { $count } minutes. Press any key, or the button, and it stays open.
still-here = I am still here
# In place of the chat, when somebody comes back to this page on a phone.
veiled = The chat was covered while you were away from this page.
unveil = Show the chat
advocate-lost = Your advocate’s connection is gone for good, so you are at the head of the line for another advocate. What you write is kept for them.

# In the conversation, while nobody is at the advocate's desk.
stepped-away = { $name } ({ $role }) has stepped away for a moment. Your chat stays open and nothing is lost. You can go on writing.
came-back = { $name } ({ $role }) is with you again.

## Going on with somebody else

# In the conversation, when the advocate asks.
handover-asked = { $name } asks whether somebody else may go on with you. The question is below. It is your choice.
handover-heading = Go on with somebody else?
handover-to-anyone = { $name } would leave, and another advocate would come.
handover-to-supervisor = { $name } would leave, and a supervisor would come.
handover-to-colleague = { $name } would leave, and { $colleague } ({ $role }) would come. If they do not come within three minutes, somebody else can. You always see who it is.
handover-shift-ends = The reason: their time at work is coming to its end.
handover-supervisor-helps = The reason: a supervisor may be able to help you better.
handover-better-placed = The reason: somebody else may be better placed to help you.
# Opens the note and what the answers mean.
handover-more = The note, and what happens
handover-note = The note that whoever comes would get
handover-means = What happens
handover-yes-means = With a yes, you are at the head of the line. Whoever comes gets the note, and nothing else that was written before. Whoever leaves can read nothing more. If nobody is free, you wait, and other ways to get help are on this page.
handover-wait-means = If you would rather wait, you stay with your advocate for now, and they can ask again later.
handover-yes = Yes, go on with them
handover-wait = I would rather wait
handover-end = I would rather end
handed-over = { $name } ({ $role }) has left, and can read nothing more. You are at the head of the line, and somebody else is coming. What you write is kept for them.
nobody-takes-over = Nobody else can come right now. You are still with your advocate, and nothing is lost.
stays-here = You stay with your advocate for now.

## An interpreter

# One button: it asks, or takes back.
interpreter-ask = Ask for an interpreter
interpreter-back = You asked for an interpreter. Take it back
# In the conversation.
interpreter-asked = You asked for an interpreter. Your advocate will see who can come, and you are asked before anybody joins.
interpreter-not-asked = You took it back. You can ask for an interpreter again at any time.

## Somebody joins

# In the conversation; the question itself stands below it.
may-somebody-join = { $name } asks whether somebody may join this chat. The question is below. It is your choice.
company-asked = May { $name } ({ $role }) join this chat?
company-interpreter = An interpreter puts what is written into another language.
company-supervisor = A supervisor stands by your advocate and can help both of you.
# A colleague whom the survivor may go on with later; they are asked about that once more.
company-successor = They may go on with you later, if you want that. First you can meet them here. A yes decides nothing else.
company-sees = They see what is written from the moment they join, and nothing from before. They can write, too.
company-leaves = You can ask them to leave at any time.
company-no-is-fine = Saying no is fine: you stay with your advocate, and nothing changes.
company-yes = Yes, they may join
company-no = No, stay as we are
company-awaited = You said yes to { $name } ({ $role }), who is asked to come. They see nothing yet.
company-back = I changed my mind
company-here = { $name } ({ $role }) can see what is written in this chat.
company-out = Ask them to leave
company-leaving = { $name } ({ $role }) is asked to leave. What you write is kept on this device, and sent when they are out.
# In the conversation.
awaited = You said yes. { $name } ({ $role }) is asked to come.
comes-in = { $name } ({ $role }) is coming in. From now on they see what is written.
asked-to-leave = You asked { $name } ({ $role }) to leave. What you write is kept until they are out.
not-wanted = { $name } ({ $role }) does not join, as you chose.
not-asked = { $name } ({ $role }) does not join after all. You are still with your advocate.
cannot-come = { $name } ({ $role }) cannot come right now. You are still with your advocate.

## Code words

# In the conversation, when the advocate asks. Never says for whom, nor whether a word before was right.
word-asked = { $name } asks for the code word that you agreed on. The question is below.
word-heading = Your code word
word-about = If you have agreed on a code word, please type it here. If you have none, or do not want to give it, that is all right.
word-label = Code word
word-hidden = What you type is hidden on the screen. A screen reader may say the letters out loud.
word-give = Give the word
word-no = I would rather not
word-given = Thank you. Your advocate has what you typed, and goes on with you.
word-not-given = You did not give a code word. Your chat goes on.
word-empty = There is no word in the box yet. Nothing was sent.
word-long = This is too long for a code word, so nothing was sent. Please choose a shorter one.

# Agreeing on one. What is kept is said first.
word-agree-asked = { $name } asks whether you want to agree on a code word. What is kept, and your choice, are below.
word-agree-heading = Agree on a code word?
word-kept = With a code word your advocates can know next time that it is you. If you agree, this is kept: a name that your advocate makes up, which other advocates here can see; the day; and a scrambled form of the word. Nobody can turn that back into the word. Whoever stole it could only guess. Nothing that you write is kept. You can ask at any time to have it all deleted.
# Followed by a number.
word-days = It is also deleted by itself when the word is not given for a long time. Days until then:
word-good = A good code word has at least six letters, is easy for you to remember, and hard to guess for anyone who knows you.
# One of these three, while the word is typed.
word-short = This word is still too short: it needs at least six letters or numbers.
word-easy = This word is easy to guess. Please use more different letters, or two words.
word-fine = This word is long enough. It is a good one if nobody who knows you would think of it.
word-danger = Word for danger, if you want one
word-danger-about = Give this one instead when somebody is making you chat. The screen looks the same, and only your advocate is warned.
word-agree = Agree
word-agreed = Thank you. Your advocate has the word, and tells you whether it can be kept.

## Ending the chat

end-chat = End chat
end-heading = End this chat?
end-what-happens = Everything written here will be erased: at once on this device and in between, and on the advocate’s as soon as it hears of it. Nobody can bring it back.
end-and-erase = End and erase
keep-chatting = Keep chatting

# The advocate is about to end the chat. In the conversation, and then below it.
end-asked = { $name } would like to end this chat. What happens then is below. You can go on if there is more to say.
end-asked-heading = Is there more that you want to say?
end-minute = If you do nothing, this chat ends in about a minute.
end-minutes = If you do nothing, this chat ends in about { $count } minutes.
end-come-back = You can start a new chat whenever you want.
go-on = I want to say more
goes-on = This chat goes on.
way-back = Your advocate gave you three words to come back to them. You can read them here when this chat has ended.
end-agree = Yes, end and erase

ended-heading = It has ended
# For whoever stopped waiting.
ended-waiting = You left the line. What you wrote here is erased, and nobody waits for you.
ended-by-you = You ended it. What was written is erased on this device, and on the advocate’s as soon as it hears of it.
ended-by-staff = The other side ended it. What was written is erased on both sides.
ended-by-silence = It closed because nothing was written for a long time. What was written is erased on this device, and on the advocate’s as soon as it hears of it. You can start a new chat whenever you want.
ended-unknown = It has ended. What was written is erased on this device.
# Whoever led the chat turned the person away, or this page asked again after that. Kind, and with no blame: it may be a mistake.
ended-turned-away = This program cannot chat with you now. What was written is erased. There are other ways to get help on this page. If you are in danger, please call the emergency number there.
# Beside one of the above, while there is no connection.
ended-not-told = There is no connection, so the advocate’s device does not know yet. It hears of it if this page stays open until the connection is back. If that is not safe, close the page.
# Followed by three words.
back-keep = To come back to the same advocate, open the same address again and type these three words:
back-about = They work once, and only until your advocate goes off duty. Write them down only if nobody else will find them. Nothing of this chat comes back.
ended-return = To come back, open the same address again. It is always a new chat: nothing of this one was kept.
close-page = Close this page
close-page-how = Where the browser does not let a page close itself, an ordinary website opens in its place.

## The survey, when everything is erased

survey-offer-heading = Would you like to tell us how it was?
survey-offer = There are a few short questions for those who want to help us do better. You do not have to answer. It changes nothing for you.
no-thank-you = No, thank you
survey-answer = Answer the questions
survey-heading = How was it?
survey-choice = Answer what you like, and leave out the rest. It is sent without a name and counted together with the answers of others. The people of the program read what you write in your own words, so please leave out names, places and numbers.
own-words = In your own words, if you want
# Followed by a number.
own-words-limit = Most letters and spaces that fit:
own-words-full = There is no more room. You can send it as it is, or make it shorter.
survey-send = Send my answers
survey-thanks = Thank you. Your answers are gone from this page now.
survey-skipped = That is fine. There is nothing more to do here.

## Why the chat could not go on. Each says what happened, what is safe, and what to do.

try-again = Try again

stop-closed-heading = Chat has closed
stop-closed = No advocate can join you here now. No message of yours was sent or kept. Please use one of the other ways on this page, or come back when chat is open.

stop-nobody-on-duty-heading = Nobody is here to answer right now
stop-nobody-on-duty = No advocate is on duty, so nobody can join you at this moment. No message of yours was sent or kept. You can try again in a few minutes, or use one of the other ways on this page.

stop-program-not-verified-heading = We could not make sure who would answer
stop-program-not-verified = This page checks that only the real advocates can read what you write. The check did not pass, so no message of yours was sent. Please use one of the other ways on this page.

stop-clock-wrong-heading = The clock on this device is wrong
stop-clock-wrong = Its date or time is more than a day off, so this page cannot check who would answer. No message of yours was sent. You can set the date and time and try again, or use one of the other ways on this page.

stop-statement-stale-heading = We could not make sure that chat is open
stop-statement-stale = The news about who is on duty is too old to trust, or the clock on this device is ahead. No message of yours was sent. You can try again in a few minutes, or use one of the other ways on this page.

stop-page-outdated-heading = This page needs to be opened again
stop-page-outdated = Chat was renewed while this page was open. Nothing that you wrote can be read by anyone else. Press “Try again” to load the new page and start from there.

stop-line-full-heading = The line is full right now
stop-line-full = Very many people are waiting, and there is no place left at this moment. No message of yours was sent. You can try again in a few minutes. If you do not want to wait, use one of the other ways on this page.

stop-too-busy-heading = Chat is very busy right now
stop-too-busy = Too much is going on for chat to work well. It is nothing that you did. Nothing that you wrote can be read by anyone else. You can try again in a few minutes, or use one of the other ways on this page.

stop-conversation-not-safe-heading = We stopped the chat to keep you safe
stop-conversation-not-safe = Something happened that could have let someone else read along, so this page closed the chat before they could. What was written is erased here. You can start a new chat, or use one of the other ways on this page.

stop-relay-fault-heading = Chat is not working right now
stop-relay-fault = The fault is on our side, not on yours. What you wrote is erased here and can be read by nobody else. You can try again, or use one of the other ways on this page.

stop-page-failed-heading = This page had a fault and stopped
stop-page-failed = The fault is on our side, not on yours. What was written is erased here. You can try again, or use one of the other ways on this page.

## Where chat cannot start at all

unsupported-browser-heading = Chat cannot start in this browser
unsupported-browser = This browser is too old for chat, or a setting switches off what chat needs. Nothing was sent. You can use another browser or device, or one of the other ways on this page.

unsupported-core-heading = Chat cannot start in this browser
unsupported-core = This browser, or a lock on this device, refuses a part that chat needs to keep what you write secret (WebAssembly). The rest of this page works. Nothing was sent. You can use another browser or device, or one of the other ways on this page.

unsupported-load-heading = Chat could not load
unsupported-load = A part of this page did not arrive. Nothing was sent. You can try again, or use one of the other ways on this page.

unsupported-framed-heading = Chat does not start inside another page
unsupported-framed = This page was opened inside another website, which could read along. Nothing was sent. Please open its address in a window of its own, or use one of the other ways on this page.

unsupported-worker-heading = Chat does not start here
unsupported-worker = Something stored in this browser stands between you and this page, and could change it. Nothing was sent. Please use a private window, another browser or device, or one of the other ways on this page.
