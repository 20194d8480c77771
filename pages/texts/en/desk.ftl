### The desk, for advocates and whoever stands by them. Calm, short, exact; read all day long.
### Variables are filled in by the page. What happens in a chat and roles are in shared.ftl.

## The page itself

desk-title = Desk
desk-loading = Opening the desk.
desk-no-script = The desk needs JavaScript, and it is switched off here or did not load. Please switch it on, or use another browser.
desk-failed-heading = The desk had a fault and stopped
desk-failed = Open chats on this device are gone, and what was written is erased here. The fault is not yours. Survivors who were chatting keep their place and are asked for again. Load this page again, go on duty, and take them from the top of the list.
desk-unsupported-heading = The desk cannot start in this browser
desk-unsupported = This browser is too old, or a setting switches off what the desk needs. Please use a current browser, and not inside another page.
desk-load-again = Load this page again
desk-dismiss = Close this notice

# What whoever runs the server says to administrators, on top until they press that they have read it.
host-breach = Your host tells you of a breach.
host-legal-demand = Your host tells you of a legal demand.
host-maintenance = Your host tells you of work on the server.
# A date and a time.
host-given = Given { $when }.
host-read = I have read this
host-who = Who says this
host-fingerprint = It is signed with your host’s key. This device knows that key since the first notice, and shows nothing that is signed with another. Compare these letters with your host once, by telephone:
host-other = A notice came that is not signed by your host, as this device knows them. Its words are not shown. Ring your host, at a number that you already had.

# The record of what administrators did is wrong. For administrators and supervisors.
record-wrong = Something is wrong with the record of what administrators did.
record-two = The server shows two different records: one to this desk, another to a colleague or to this desk before. It may hide that somebody was let in or shut out, or that your policy was changed.
record-older = The server shows an older record than this desk, or a colleague’s, has seen. It may have been set back to a backup, or it hides what was done since.
record-broken = What the server shows was changed, or is not your program’s.
record-outside = Your policy, or the list of devices that were shut out, is not the one that the record names last. If one of you put it on the server as a file, publish it once more. If not, somebody went past the record.
record-do = Open chats can go on. Ring your administrators, and whoever runs the server, before anything else is changed. Compare the record by telephone: stillroom record shows it.
record-proof = The proof, which this device keeps

# On both pages, all the time, where colleagues practise: one plays the survivor.
for-practice = Practice
# On the survivor’s page: somebody who needs help could find it.
for-practice-survivor = This page is for training. If you need help, nobody answers you here. Please use the program’s own page.
for-practice-desk = A colleague plays the survivor. Nobody real writes here.

## Before the desk: enrolling this device

join-heading = Welcome to the desk
join-about = You were invited to the desk of { $program }. This page now makes keys for this device. They never leave it: not even whoever runs the server gets them.
join-device = Use a device that only you use, and your own account on it.
join-passkey-heading = Use a passkey
join-passkey-about = Your fingerprint, your face or this device’s own code then opens the desk. There is nothing to remember, and nothing that somebody could guess.
join-passkey-make = Make a passkey
join-passkey-confirm-about = Your passkey is made. Confirm it once more, so that it can open your keys.
join-passkey-confirm = Confirm
# Under this name the device keeps the passkey.
passkey-name = Desk of { $program }
passkey-asking = Your device asks you now. Do what it says.
passkey-not-given = That did not go through. Nothing is lost. Press the button to try again.
passkey-cannot = A passkey of this device cannot open keys. Choose a passphrase below. You can delete the passkey in your device’s settings.
passkey-not-here = Passkeys do not work in this browser or at this address. Choose a passphrase below.
join-passphrase-or = Or choose a passphrase
join-passphrase-heading = Choose a passphrase
join-passphrase-about = It opens the desk on this device, every time. Nobody can look it up or reset it for you.
join-passphrase-advice = Four or more words that do not belong together are strong and easy to remember. Do not use a line from a song, a name or a date.
passphrase = Passphrase
passphrase-again = The same passphrase once more
passphrase-show = Show what I type
passphrase-none = At least 12 characters.
passphrase-short = Too short. Characters still needed: { $count }
# What tells more than the length is on its way, or cannot be had.
passphrase-awaited = Long enough. How hard it is to guess is looked at in a moment.
passphrase-unjudged = Long enough. How hard it is to guess could not be looked at. Take four words or more that do not belong together.
# Why it cannot be used.
passphrase-little = Too easy to guess.
passphrase-common = Many people use this one, or one like it. It is guessed soon.
passphrase-keys = Rows of keys are guessed soon.
passphrase-repeats = The same again and again is guessed soon.
passphrase-sequence = Sequences like abc or 6543 are guessed soon.
passphrase-date = Dates and years are guessed soon.
passphrase-word = One word alone is guessed soon.
passphrase-name = People’s names are guessed soon.
passphrase-own = What this is for, and the name of the program, are guessed soon.
# What does not help much.
passphrase-capitals = Capital letters help little.
passphrase-backwards = Words backwards help little.
passphrase-signs = Signs in place of letters help little.
passphrase-more = Add words that do not belong together, four in all or more.
passphrase-fair = Good enough. One or two more words make it stronger.
passphrase-strong = Strong.
passphrase-differs = The two passphrases are not the same. Type the second one again.
join-make = Make my keys
join-making = Making your keys. This takes a few seconds.
join-waiting-heading = Waiting for your administrator
join-waiting = Your keys are made, and your request is on its way. As soon as your administrator has confirmed it, the desk opens here.
join-waiting-leave = Leave this page open until then. If it is closed before, your keys are gone, and you need a new invitation.
join-keep = Your browser may ask whether this page may keep data. Say yes: some browsers delete your keys otherwise when you have not been here for a week or more.
join-line-down = There is no connection to the server. This page is trying again by itself.
join-not-whole-heading = This link is not whole
join-not-whole = A part of the address is missing. Copy the whole link from your invitation, or ask your administrator for a new one.
join-refused-heading = This invitation cannot be used
join-unknown = It was already used, or has run out. Ask your administrator for a new one.
join-not-verified = What came back was not signed by an administrator of { $program }. Nothing was kept. Tell your administrator, and ask for a new invitation.
join-fault = The server could not take your request. Load this page again, or ask your administrator for a new invitation.
join-not-kept = This browser does not keep anything for this page, so the desk could not open here next time. Use an ordinary window, not a private one, and open the link again.

## Before the desk: opening it

unlock-heading = Open the desk
unlock-about = This device is enrolled. Your passphrase opens it.
unlock = Open the desk
unlocking = Opening. This takes a few seconds.
unlock-wrong = This passphrase does not open the desk. Look whether capital letters are switched on, and try again.
unlock-damaged = What is kept on this device cannot be read any more. Ask your administrator for a new invitation.
unlock-waits = This passphrase does not open the desk either. The next try waits { $count } seconds. Look whether capital letters are switched on.
unlock-forgotten-heading = Forgotten the passphrase?
unlock-forgotten = Nobody can bring it back. Ask your administrator for a new invitation, and open its link here.
unlock-passkey-about = This device is enrolled. Your passkey opens it.
unlock-passkey-not-here = This passkey does not open the desk in this browser or at this address. If that stays so, ask your administrator for a new invitation, and open its link here.
unlock-passkey-lost-heading = Is the passkey gone?
unlock-passkey-lost = Nobody can bring it back. Ask your administrator for a new invitation, and open its link here.
locked-heading = The desk is locked
locked-about = Nothing is lost. Chats that are open stay open, and what comes in is there when you open the desk again. Survivors are told that you have stepped away, and nothing closes because they are silent.
locked-practice = A practice desk has no passphrase.
locked-long = After five minutes this desk counts as on a break, and nobody new is sent to wait for it. Loading this page again would end its chats.
# Beside the shift too. The page opens in a tab of its own.
desk-practice = Practice chats (new tab)
not-enrolled-heading = This device is not enrolled
not-enrolled = Ask an administrator of { $program } for an invitation, and open its link in this browser.
demo-device = A practice desk: its keys are in the address of this page. Never use it with survivors.

## At the top

duty-off = Off duty
duty-starting = Going on duty
duty-on = On duty
duty-break = On a break. No new chats
go-on-duty = Go on duty
back-on-duty = Go back on duty
take-break = Take a break
go-off-duty = Go off duty
lock = Lock
desk-console = Administration
closed-now = Chat is closed.
closed-chats = Nobody new can wait. Chats that have begun go on. Survivors read this:
locks-soon = Nobody has used this desk for a while. It locks in a minute. Press any key to keep it open.
desk-line-up = Connected
desk-line-down = No connection. Trying again. Chats stay open, and what you write is kept.

## Who waits

waiting-list = Waiting
take-next = Take next
take-this = Take this chat
waiting-nobody = Nobody is waiting.
waiting-off-duty = Go on duty to see who is waiting.
hindered-locked = The desk is locked.
hindered-shift-ends = Your shift ends soon, or has ended, so no new chat begins here. If you stay longer, move its end under “Your shift”.
hindered-break = You are on a break. Go back on duty to take somebody.
hindered-full = You have as many chats as you wanted at once. End one, or change the number under “Your shift”.
waited-now = Just came
waited-minutes = Waiting for { $count } min
waited-hours = Waiting for { $hours } h { $count } min
waited-again = Was cut off before
waited-handed-over = Handed over
waited-for-supervisor = Handed over, for a supervisor
waited-for-colleague = Handed over, for one colleague
# The name of the advocate who handed them over.
meant-for-you = For you: { $name } handed this person over. If you do not take them within three minutes, anybody can.
meant-for-colleague = Meant for { $name }. If they do not take this person within three minutes, you can.
meant-for-colleague-before = Was meant for { $name }, and has waited for three minutes. You can take this person.
# Beside a place that is this desk's to take now.
offered-to-you = Offered to you
offered-left = About { $count } seconds left. Then the next colleague is asked.
offered-to = Offered to { $name } now. You can take this person all the same.
# Read aloud.
offer-said = Somebody who waits is offered to you, for about { $count } seconds. Alt and O: take them. Alt and P: not now.
offer-none = Nobody is offered to you right now.
offer-pass = Not now
offer-passed = Not now. The next colleague is asked, and you are offered nobody for three minutes.
# While that is so.
offer-passes = You are offered nobody for three minutes. You can still take whoever waits.
offer-again = Offer me somebody again
offer-again-said = You are offered those who wait again.
offer-languages = Languages that I can chat in. Those who chose one of them are offered to me first
# In place of a name that is not known.
a-colleague = a colleague
waiting-others-first = Others come first. If nobody takes this person within three minutes, you can.
waiting-language = Language: { $language }
waiting-interpreter = Wants an interpreter
# What they say. It is not known whether it is so.
waiting-code-word = Says that they have a code word
safety-nobody = Says nobody sees their device
safety-yes = Says somebody may see their device
safety-not-sure = Not sure who sees their device
comes-back-here = Came back to you with three words
comes-back-elsewhere = Has three words to come back, perhaps to a colleague
waiting-count = People waiting: { $count }

## Your chats

chats-list = Your chats
chats-none = No chat yet. Take one from the list of people waiting.
chat-name = Chat { $number }
chats-back = All chats
mark-needs-answer = Needs an answer
mark-line-dropped = Line dropped
mark-silent = Silent
mark-closing = Closes in { $count } min
mark-handover-asked = Asked about a handover
mark-end-asked = About to end
mark-joining = Waiting for them to join
mark-answered = Answered
mark-new = Nothing written yet
mark-ended = Ended
mark-lost = Went elsewhere

## Your shift

shift-heading = Your shift
shift-chats-told = Chats at once: up to { $count }.
shift-no-end = No end is set.
shift-end-told = It ends at { $time }, in { $hours } h { $count } min.
shift-change = Change your shift
shift-chats = Chats at once
shift-end = Ends at
shift-end-about = By the clock of this device. Leave it empty for no end. In the last minutes no new chat begins.
shift-set = Set
shift-ending = Your shift ends at { $time }, so no new chat begins at this desk any more. Bring your chats to an end. If you stay longer, move the end under “Your shift”.
shift-over = Your shift ended at { $time }. Chats that are open go on until you end them. Then go off duty.

## One chat

desk-conversation = Conversation
desk-roster = Who is here
desk-roster-nobody = Nobody is here yet
desk-me = (you)
desk-message = Message
desk-send = Send
desk-end-chat = End chat
desk-joining = They have been told that you are coming. You can write as soon as they are here.
reminder-not-asked = They did not say whether somebody could see their device. Ask them first, and say that chat is risky if so. Going on is their choice.
reminder-nobody = They said that nobody can see their device. Ask all the same whether they are safe just now.
reminder-yes = They said that somebody may see their device, and chose to go on. Ask whether it is safe just now, and offer a safer way. It is their choice.
reminder-not-sure = They are not sure whether somebody can see their device. Ask whether it is safe just now, and offer a safer way. It is their choice.
reminder-done = I have asked
desk-silence-asked = The survivor has not written for a while, and was asked whether they are there.
desk-silence-warned = The survivor was told that this chat closes in { $count } minutes if they do nothing.
desk-silence-postpone = Give more time
desk-silence-ask = Ask whether they are there
desk-silence-warn = Tell them when it closes
silence-not-now = Nobody was asked: they could not see it just now, or nothing closes by itself.
desk-live-ways = Show what is typed
desk-live-now = Both sides see what is typed only when it is sent. You can ask the survivor to show each other more. For who is deaf or hard of hearing, words as they are typed come nearest to talking. Words that are deleted again are seen, too, on both sides.
desk-live-offer-typing = Ask to show when somebody is typing
desk-live-offer-text = Ask to show words as they are typed
desk-live-asked-typing = You asked to show each other when somebody is typing. Nothing is shown until the survivor says yes.
desk-live-asked-text = You asked to show each other words as they are typed. Nothing is shown until the survivor says yes.
desk-live-back = Take it back
desk-live-offered-typing = The survivor asks to show each other when somebody is typing.
desk-live-offered-text = The survivor asks to show each other words as they are typed. Each of you would see all that is in the other’s box before it is sent, also words that are deleted again.
desk-live-yes = Yes, show it
desk-live-no = No, do not show it
desk-live-on-typing = The survivor sees when you are typing.
desk-live-on-text = The survivor sees what you type as you type it, also words that you delete.
desk-live-stop = Stop showing it
desk-live-off = What is typed is seen when it is sent, and not before.
desk-is-typing = The survivor is typing
desk-characters-left = Characters left: { $count }
desk-characters-over = Too long by { $count } characters. Send it in two parts.
desk-write-empty = There is nothing to send yet.
desk-write-not-now = This could not be sent now. Your words are still in the box.
desk-state-kept = Kept here until the line is back
desk-survivor-joined = The survivor is here.
desk-survivor-left = The survivor has left.
desk-survivor-dropped = The survivor lost the connection. They have not left, and nothing is lost.
desk-survivor-back = The survivor is back.
desk-advocate-lost = The advocate’s line did not come back. The survivor is asked for again at the top of the list.
desk-stepped-away = The survivor was told that you have stepped away for a moment.
desk-came-back = The survivor was told that you are back.
desk-new-message = { $chat }: a new message
desk-in-chat = { $chat }: { $what }
ended-by-survivor = The survivor ended this chat. Everything that was written is erased.
ended-by-staff-desk = You ended this chat. Everything that was written is erased here, and on the survivor’s device as soon as it is connected.
ended-by-silence-desk = The survivor was silent, and was told beforehand. The chat is closed. Everything that was written is erased.
ended-survivor-left = The survivor has left. Their page is gone, and everything that was written is erased.
ended-page-lost = The survivor lost this page and came back. They are at the top of the list, or in a new chat. Everything that was written here is erased.
ended-cut-off = Your line was gone for too long. The survivor went to the head of the line, so that somebody else can go on with them. Everything that was written here is erased.
ended-handed-over = Handed over. The survivor agreed, and is at the head of the line for whoever comes. Everything that was written here is erased.
ended-turned-away-desk = You ended this chat and turned this person away. Everything that was written is erased.
ended-unknown-desk = This chat is over. Everything that was written is erased.
chat-lost = They left, or another advocate was faster. Nothing was written.
put-away = Put away

## Code words

word-ask-heading = Code word
word-ask-about = The survivor types the word on their own page, where it is hidden. You see whether it is right, and never the word. Their page looks the same whatever they type.
word-of = For whom
# Above a chat whose survivor said so beforehand.
word-they-have = They say that they have agreed on a code word. Anybody can say so: it shows nothing until the word is right.
word-ask-first = Ask for the code word
word-ask = Ask for the word
word-change = Agree on a new word
word-delete = Delete
word-delete-sure = Delete { $handle }? The word can no longer be asked for on any desk. This cannot be taken back.
word-delete-yes = Yes, delete
word-delete-no = Keep it
word-none = No code word has been agreed on yet.
word-new = Name for somebody new
word-new-about = A name that you make up, such as a bird or a colour. Never a real name: all advocates can see it.
word-new-name = This could be somebody’s real name. If it is, please make up another one.
word-new-telephone = This looks like a telephone number. If it is one, please make up a name instead.
word-new-email = This looks like an e-mail address. If it is one, please make up a name instead.
word-new-street = This looks like a street. If somebody lives there, please make up a name instead.
word-new-date = This looks like a date. If it could tell who they are, please make up a name instead.
word-agree-ask = Agree on a word with them
word-back = Take it back
word-look-again = Look again
word-begin = Begin a new list
word-begin-sure = Begin a new list of code words? All the words in the old list are lost for good, on every desk, and everybody has to agree on a new one. Nothing else is lost. First ask your colleagues to look: the list may open on another desk.
word-begin-yes = Yes, begin a new list
word-begin-no = Leave it as it is
word-asked-check = You asked for the code word of { $handle }. The survivor’s page does not say which one.
word-asked-agree = You asked the survivor to agree on a code word, as { $handle }. Their page says first what is kept.
word-withdrawn = You took it back. The survivor’s page no longer asks.
word-declined = The survivor would rather not give a code word. The chat goes on.
word-checking = The survivor gave a word. It is being checked.
word-right = The code word for { $handle } is right.
word-duress = Warning: this is the word for danger of { $handle }. Somebody may be making them chat, or be reading along. Their page shows nothing of it. Write as if the word had been right, and ask nothing that puts them at risk.
word-wrong = The code word for { $handle } is wrong. Wrong words still possible in this chat: { $count }. The survivor’s page does not show it. Tell them nothing about anyone else.
word-closed = The code word for { $handle } is wrong again. No code word can be asked for in this chat any more. Supervisors on duty see that, and nothing of the chat. Tell them nothing about anyone else.
word-not-tried = The word was not checked: words for { $handle } were tried elsewhere at the same time, or there was no connection. You can ask again in a minute.
word-is-kept = The code word for { $handle } is kept. You can tell the survivor so.
word-weak-short = It is not kept: a word has fewer than six letters or numbers. Tell the survivor, and ask again.
word-weak-even = It is not kept: a word uses the same few letters again and again. Tell the survivor, and ask again.
word-weak-handle = It is not kept: a word is too much like the name { $handle }. Tell the survivor, and ask again.
word-weak-same = It is not kept: the word and the word for danger are the same. Tell the survivor, and ask again.
word-is-not-kept = It could not be kept. The name { $handle } may be taken by now, or there is no room. Tell the survivor that nothing was kept.
# For whoever is in another chat.
word-step-apart = News about the code word.
word-duress-apart = Warning: the word for danger was given.
word-closed-apart = Too many code words were wrong.
word-refused-now = Nobody was asked. The survivor is not here just now, or the last word is still being checked.
word-refused-company = Nobody was asked. Somebody else is in this chat or is asked to join, and would read the word. Ask again once nobody else is there.
word-refused-closed = Nobody was asked. Three words were wrong in this chat, so none is asked for any more.
word-refused-until = Nobody was asked. Too many words were wrong for this one. You can ask again in about { $count } min.
word-refused-unknown = Nobody was asked. This one was deleted.
word-refused-handle = Nobody was asked. Please make up a name of at most 48 letters.
word-refused-taken = Nobody was asked. Another one has this name already.
word-refused-not-known = Nobody was asked. A word is changed only after the right word was given in this chat. If it is forgotten, delete it and agree on one under a new name.
word-due-count = Code words that should be changed: { $count }. Ask for the word first. When it is right, you can agree on a new one.
word-due-old-now = This word is old and should be changed. You can now ask the survivor to agree on a new one.
word-due-revoked-now = A device was lost since this word was agreed on, so it should be changed. You can now ask the survivor to agree on a new one.
word-deleted-in = { $handle } is deleted by itself, if the word is not given before then. Days until then: { $count }
word-kept-for = A word that is not given is deleted by itself. Days until then: { $count }. Please tell the survivor.
word-due-revoked = should be changed: a device was lost since
word-due-old = should be changed: it is old
vault-closed = Code words can be used while you are on duty and connected.
vault-not-shared = This device cannot open the code words yet. It can as soon as a colleague who uses them is on duty at the same time.
vault-withheld = The server did not give the newest code words, so none are used. Nothing of them is lost here. Look again, and tell an administrator if it stays so.
vault-unreadable = The code words cannot be opened here. They may have been changed last by a device that was revoked while nobody was on duty. A supervisor on duty can begin a new list. Tell an administrator as well.
colleagues-words-closed = Chats with too many wrong code words: { $count }
colleagues-word-closed = { $name }: too many wrong code words in a chat.

## Handing a chat over

hand-over = Hand this chat over
hand-over-about = The survivor is asked first, and can read all that you write here. Only their yes moves them. Then this chat is erased here, and their own device gives the note to whoever comes. Until they answer, the chat goes on.
hand-over-to = To whom
hand-over-anyone = Whoever is on duty
hand-over-supervisor = A supervisor
# Under the names of colleagues who could take somebody.
hand-over-certain = Colleagues who can take somebody now stand here by name. Ask them first, without a word about the survivor: write to them under Colleagues. The survivor is told the name.
hand-over-colleague-cannot = They cannot take anybody right now, so the survivor was not asked. Choose somebody else.
hand-over-meet = You are both here for a moment first
hand-over-meet-about = The survivor is asked whether your colleague may come into this chat now, to meet them. What you write here is kept, and the survivor reads it once you hand over.
hand-over-meet-cannot = The survivor was not asked: your colleague cannot come right now, or somebody else is in this chat or asked about. You can choose somebody else, or hand over without meeting first.
# One press, once the survivor has met them.
hand-over-now = Hand over to { $name } now
hand-over-now-cannot = The survivor was not asked: your colleague is still on the way into this chat, or not here any more. What you wrote is kept.
hand-over-why = Why, as the survivor reads it
hand-over-shift-ends = My time at work is coming to its end
hand-over-supervisor-helps = A supervisor may be able to help better
hand-over-better-placed = Somebody else may be better placed to help
hand-over-words = Why, in your own words, if you want (at most { $count } characters)
hand-over-note = Note for whoever comes, which the survivor can read (at most { $count } characters)
hand-over-ask = Ask the survivor
handover-asked-anyone = You asked whether another advocate may go on with the survivor. Nothing changes until they say yes.
handover-asked-colleague = You asked whether { $name } may go on with the survivor. Nothing changes until they say yes.
handover-asked-supervisor = You asked whether a supervisor may go on with the survivor. Nothing changes until they say yes.
handover-back = Take the question back
handover-withdrawn = You took the question back. The survivor stays with you.
handover-they-wait = The survivor would rather stay with you for now. You can ask again later.
end-told = The survivor is told what happens when this chat ends, and that it ends in about { $count } minutes. They can agree, or say more.
end-back = Let the chat go on
end-withdrawn = You took it back. The chat goes on.
end-they-go-on = The survivor wants to say more. You can ask again later.
handover-colleague-left = Your colleague is not in this chat any more, so the question was taken back. The survivor stays with you.
handover-nobody = The survivor said yes, but nobody else can take over right now. They are still with you.

# What a survivor said before the chat or in it. In the conversation, too.
interpreter-wanted = The survivor asks for an interpreter.
interpreter-not-wanted = The survivor does not ask for an interpreter any more.
interpreter-whom = See who can come
# A third person joins.
joining-ask = Ask somebody to join
joining-about = The survivor is asked first, and told who it is and what they would see. Your colleague is asked after the survivor’s yes, and reads nothing from before.
joining-ask-about = Ask about { $name } ({ $role })
joining-nobody = No interpreter and no supervisor is on duty now.
joining-not-now = The survivor could not be asked: your colleague is not on duty or not at their desk right now, or somebody else is asked about.
meeting-asked = You asked whether { $name } ({ $role }) may come into this chat, to meet the survivor. Nothing happens before the survivor says yes.
meeting-not-wanted = The survivor would rather not meet { $name } ({ $role }) here now. Nothing has changed. You can still ask whether { $name } may go on with them.
joining-asked = You asked whether { $name } ({ $role }) may join. Nothing happens before the survivor says yes.
joining-awaited = The survivor said yes. { $name } ({ $role }) is asked to come.
joining-comes-in = { $name } ({ $role }) is coming in. From now on they see what is written.
joining-here = { $name } ({ $role }) can see what is written in this chat.
joining-leaving = { $name } ({ $role }) is asked to leave.
joining-back = Take the question back
joining-put-out = Ask them to leave
joining-not-wanted = The survivor would rather not have { $name } ({ $role }) join.
joining-not-asked = You took the question back. { $name } ({ $role }) does not join.
joining-cannot-come = { $name } ({ $role }) cannot come now. The survivor was told.
calls-heading = Asked into a chat
call-asks = { $name } asks you to join a chat as { $role }. The survivor said yes.
call-asks-successor = { $name } asks you into a chat, so that the survivor can meet you and may go on with you. The survivor said yes to meeting you.
call-coming-successor = You are on the way into the chat with { $name }, to meet the survivor.
call-coming = You are on the way into the chat with { $name }, as { $role }.
call-come = Join the chat with { $name }
call-cannot = I cannot join { $name } now
guest-about = You joined this chat after the survivor said yes. You see what is written since then. The survivor can ask you to leave at any time.
guest-about-successor = You are here to meet the survivor, who said yes to that. You see what is written since you came. The survivor can ask you to leave at any time. If they go on with you, this chat ends here, and they wait for you at the head of the line.
guest-leave = Leave chat
guest-leave-heading = Leave { $chat }?
guest-leave-about = The chat goes on without you. What you see here is erased, and everybody is told that you left.
guest-leave-now = Leave and erase
guest-stay = Stay
ended-out = You are not in this chat any more. It goes on without you, and nothing of it is left here.

note-before = Note from the advocate before, which the survivor could read

## Going off duty with open chats

off-duty-heading = You have open chats
off-duty-about = Going off duty does not end them, and you can go on writing. Or ask a survivor first whether somebody else may go on with them. It is their choice.
off-duty-hand-over = Hand over { $chat }
off-duty-go = Go off duty all the same
off-duty-stay = Stay on duty

## Help in writing. What was seen, why it matters, what to do instead; { $seen } is a part of what is being written.

hints-list = Before you send
hints-seen = Before you send, look again at: { $what }
hint-put-away = Put away
hint-name = “{ $seen }” could be somebody’s name. Leave names out, so that nobody can be found by them.
hint-telephone = “{ $seen }” looks like a telephone number. Leave out whose it is, unless it is your program’s own.
hint-email = “{ $seen }” looks like an e-mail address. Leave it out, so that nobody can be found by it.
hint-street = “{ $seen }” looks like a street. Leave out where people are, unless help is to go there.
hint-birth = “{ $seen }” is about a day of birth. Leave it out, so that nobody can be found by it.
hint-link = “{ $seen }” looks like a link. Where it leads stays in the history of their device. Say it here in a few words.
hint-slang = “{ $seen }” is slang. Not everybody knows that it says “{ $meaning }”.
hint-acronym = “{ $seen }” is short for “{ $meaning }”. Not everybody knows it. Write it out.
hint-acronym-unknown = “{ $seen }” may be short for something. Not everybody knows it. Write it out.
hint-emoji = { $seen } is seen in different ways by different people. Say it in words.
hint-capitals = “{ $seen }” is in capitals, which can look like shouting.
seen-name = a name
seen-telephone = a telephone number
seen-email = an e-mail address
seen-street = a street
seen-birth = a day of birth
seen-link = a link
seen-slang = slang
seen-acronym = an acronym
seen-emoji = an emoji
seen-capitals = capitals
check-in-due = It has been a while since you checked in. Words on a screen carry no tone. Ask how they mean it, and how they feel.
check-in-write = Write a check-in
check-in-later = Not now
check-in-sentence = I want to be sure that I understand you well. How do you feel about what we have talked about so far?

## Prepared messages, guides and the checklist, which come from the program's policy.

prepared-open = Prepared messages
prepared-heading = Prepared messages for { $chat }
prepared-search = Search
prepared-how = Arrow keys choose. Enter puts the message into your box, where you can change it. Nothing is sent before you send it.
prepared-count = Messages: { $count }
prepared-none = Your program has prepared no messages.
prepared-none-found = No message has these words. Try fewer of them.
prepared-close = Back to the chat
fill-in = Fill in before you send: { $what }. Tab goes to the next.
fill-in-first = This was not sent. First fill in: { $what }. Or take it out of the message.
guides-open = Guides
guides-heading = Guides
guides-none = Your program has given no guides.
guides-never = Whoever writes: share nothing about anybody else, neither survivors nor staff.
guides-close = Close the guides
guides-say = One press sends this to the survivor:
guides-send = Send it now in { $chat }
guides-send-nowhere = Go to an open chat to send it
# In the guides about pranks and abusive people.
guides-turn-away = End { $chat }, and turn them away
guides-turn-away-nowhere = Go to an open chat of yours to turn somebody away
guides-sent = It was sent in { $chat }.
guides-not-sent = It could not be sent just now. Nothing was sent. Try again in a moment.
checklist = Checklist: { $done } of { $all }
checklist-safety = Asked whether they are safe
checklist-rights = Told their rights and the limits
checklist-platform = Told which chat this is, and who runs it
checklist-ending = Told what happens when the chat ends
done-asked = You said that you asked.
done-answered = They answered before the chat.
done-told = The program said it at the start.


## Colleagues on duty

colleagues-heading = Colleagues
colleagues-open = See colleagues
colleagues-close = Close colleagues
colleagues-on = Colleagues on duty: { $count }
colleagues-none = Nobody else is on duty just now.
colleagues-off-duty = Go on duty to see who else is.
colleagues-chats = Chats open: { $count }
colleagues-on-break = On a break
colleagues-write = Write to { $name }
# For somebody who went off duty.
colleagues-read = Messages with { $name }
colleagues-gone = Not on duty any more
colleagues-wrote = { $name }, a colleague, wrote to you.
colleagues-asks = { $name }: { $what }
colleagues-unread = New messages: { $count }
colleagues-asking = Colleagues who ask for you: { $count }
colleague-asks-help = Asks for help
colleague-asks-debrief = Would like to debrief
floor-longest = The longest has waited { $hours } h { $count } min.
floor-unknown = You see who waits while you are on duty and connected.
asks-for-help = Ask for help
asks-no-help = I no longer need help
asks-debrief = I would like to debrief
asks-no-debrief = I no longer want to debrief
asks-about = Supervisors on duty see your name and that you ask, and nothing of any chat. Going off duty takes it back.
asks-told = It was sent to the supervisors on duty.
asks-nobody = No supervisor is on duty now. Whoever comes on duty will see it.
consult-heading = You and { $name }
consult-log = Messages with this colleague
consult-unseen = Not seen by the survivor. Please write nothing that shows who a survivor is. It is kept nowhere, and gone when you go off duty.
consult-write = Message to this colleague
consult-send = Send to colleague
consult-too-long = This is longer than 500 characters, and was not sent. Please make it shorter.
consult-not-now = It was not sent: they are not on duty, or there is no connection. It is still in the box. Try again in a moment.

## Ending a chat

desk-end-heading = End { $chat }?
desk-end-tell = Tell the survivor first what will happen, so that it does not come as a surprise.
desk-end-survivor = On the survivor’s device everything written here is erased as soon as it hears of it, which is at once where it is connected. They see a plain page that says that the chat has ended.
desk-end-desk = It is erased here as well, and on the server. Nobody can bring it back.
# Asks the survivor first.
desk-end-ask = Tell the survivor first
desk-end-ask-means = They read what happens, and have { $count } minutes to agree or to say more. Time during which they cannot see it does not count.
way-back-give = When you tell them, also give them three words that lead back to you
way-back-given = The survivor has three words that lead back to you. Their page shows them when this chat has ended. The words work once, and only until you go off duty.
way-back-not-now = The survivor has no words that lead back to you: you are off duty, they are not here just now, or somebody else in the chat would read them.
desk-end-and-erase = End and erase
desk-keep-chatting = Keep chatting

## Turning somebody away

turn-away = End, and turn them away
turn-away-heading = End { $chat } and turn this person away?
turn-away-them = The chat ends at once, and everything written is erased. Their page says kindly that this program cannot chat with them now, and shows the other ways to get help. It gets no other chat.
turn-away-colleagues = For half an hour, whoever comes from the same connection has a note beside them, which only staff see. Nobody is refused for it.
turn-away-not = It does not keep this person out: they can open the page again. Nobody learns or keeps their address.
# Followed by the program’s own words.
turn-away-says = Their page shows these words of your program, above the other ways to get help:
turn-away-why = Why? Colleagues see this word, and nothing else about the chat.
turn-away-prank = End: it is a prank
turn-away-abusive = End: they are abusive
turn-away-threatening = End: they threaten somebody
# Beside somebody who waits. when: "5 minutes ago". why: one of the words below.
turned-away-note = Somebody from the same connection was turned away: { $when } ({ $why }). It may be somebody else: many people share one.
turned-away-prank = a prank
turned-away-abusive = abusive
turned-away-threatening = a threat

## By keyboard

keys-heading = By keyboard
keys-chat = Alt and 1 to 9: go to that chat
keys-next = Alt and N: the next chat that needs an answer
keys-waiting = Alt and W: who is waiting
keys-offer = Alt and O: take whoever is offered to you
keys-pass = Alt and P: not now, and offer me somebody again
keys-prepared = Alt and M: prepared messages
keys-fill = Tab, in a prepared message: the next thing to fill in
keys-guides = Alt and G: the guides, and back
keys-checklist = Alt and C: the checklist, and back
keys-colleagues = Alt and S: colleagues, and back
keys-lock = Alt and L: lock the desk
keys-send = Enter: send. Shift and Enter: new line
keys-escape = Escape: close a question, prepared messages, the guides or colleagues

## Trouble. Each says what happened and what to do.

trouble-program-not-verified = The server could not show that it speaks for { $program }, so this desk does not go on duty. Tell your administrator.
trouble-certificate-refused = Your certificate is not accepted any more. Ask your administrator about it.
trouble-certificate-expired = Your certificate has run out. Ask your administrator for a new invitation.
trouble-clock-wrong = The clock on this device is more than a day off, so nothing can be checked. Set the date and time, then go on duty again.
trouble-taken-by-another = Somebody else on duty took this chat first.
trouble-others-first = This person was handed over, and others come first. If nobody takes them within three minutes, you can.
trouble-relay-fault = The server could not do its part. It is not your fault. Try again in a moment.
trouble-conversation-not-safe = Something tried to break a rule that keeps a chat private, so that chat was closed and erased. Tell your administrator.
trouble-page-outdated = The server was renewed while this page was open, and this page cannot work with it. If there is no connection after two minutes, load this page again. Open chats, and what was not sent or published, are gone then.

## Why the server refused something

refused-version-unsupported = This page is older than the server. If there is no connection after two minutes, load this page again. Open chats, and what was not sent, are gone from it then.
refused-program-unknown = This server does not know { $program }. Tell your administrator.
refused-frame-too-long = Something sent from here was too long for the server. Send it in smaller parts.
refused-frame-malformed = The server did not understand this page. Load the page again. Tell your administrator if it goes on.
refused-frame-unexpected = The server and this page lost step. Load the page again. Tell your administrator if it goes on.
refused-too-fast = That was too fast for the server. Wait a moment, then go on.
refused-too-slow = This connection is too slow for what waits to come in. It is made anew by itself.
refused-connections-full = The server has as many connections as it can hold. This page tries again by itself.
refused-line-full = The line is full. Nobody else can join it until somebody is taken.
refused-rooms-full = The server holds as many chats as it can. This chat could not open yet. Tell your administrator.
refused-room-bytes-full = The server holds too much for somebody who is away. What you wrote is kept here until they are back.
refused-device-rooms-full = This desk has opened as many chats as the server allows. This chat could not open yet. End one that is over, or let a colleague take this person.
refused-attachments-full = This desk is in as many chats as the server allows. It tries again by itself when one has ended.
refused-relay-bytes-full = The server holds too much for people who are away. What you wrote is kept here until they are back.
refused-nobody-on-duty = The server thinks that nobody is on duty. Go off duty and on again.
refused-not-staff = The server has not let this desk in. Go off duty and on again.
refused-certificate-refused = Your certificate is not accepted any more. Ask your administrator about it.
refused-proof-wrong = This desk could not prove that it is yours. Load the page again. Tell your administrator if it goes on.
refused-role-missing = Your role does not allow this. Ask your administrator about it.
refused-statement-refused = The server did not accept that you are on duty. Look whether the clock of this device is right, then go on duty again.
refused-ticket-unknown = This person is not waiting any more.
refused-ticket-claimed = Somebody else on duty took this chat first.
refused-room-unknown = The server has forgotten this chat. This page opens it again by itself.
refused-room-closed = This chat was already ended.
refused-token-wrong = The server did not let this desk into the chat. Tell your administrator if it happens again.
refused-not-attached = This desk is not in that chat at the moment. It joins again by itself.
refused-replaced = This desk was opened in another window with the same keys. Use only one of them.
refused-record-refused = The server did not take this record. Tell your administrator.
refused-entry-refused = The server did not enter this in the record of what administrators did, so it was not done. Try again in a moment.
refused-record-out-of-time = The server did not take this record: it has run out, or starts later. Tell your administrator.
refused-policy-replaced = Somebody else published a policy in the meantime. Yours was not sent, and nothing of it is lost. Look at theirs and join the two.
refused-invitation-unknown = This invitation was used, or has run out. Ask your administrator for a new one.
refused-stopping = The server is being restarted. This page connects again by itself, and your chats go on.
refused-relay-fault = The server could not do its part. It is not your fault. Try again in a moment.
