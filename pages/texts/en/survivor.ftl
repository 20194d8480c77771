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
chat-closed-what-now = Nobody is here to answer at this moment. You can reach an advocate in the other ways on this page, or come back when chat is open.
start-chat = Start chat
start-promise-name = You do not have to say who or where you are.
start-promise-private = Only you and the advocate can read what you write.
start-promise-erased = When the chat ends, it is erased on both sides.
start-promise-choice = You decide what to share, and you can stop at any time.
safety-heading = Is this device safe to use?
safety-leave-heading = If you have to leave quickly
safety-leave = “Leave this page” is always at the top. One press, or the Shift key three times, empties this page and opens an ordinary website.
safety-leave-limits = It cannot remove this page’s address from the browser’s history, and it cannot stop spyware, a camera or someone who looks at the screen.
no-script-heading = Chat cannot start in this browser
no-script = Chat needs JavaScript, and it is switched off here or did not load. Nothing was sent. You can reach an advocate in the other ways on this page, or open it in another browser.

## Other ways to reach an advocate

ways-heading = Other ways to reach an advocate
# The same list, folded away above a chat on a phone: two or three words.
ways-short = Other ways to get help
danger-heading = In danger right now?
danger-call = Emergency number
hours-heading = When chat is open
time-zone = Time zone:

## Waiting

waiting-heading = Waiting for an advocate
place-asking = Asking for your place in the line.
place-next = You are next.
place-ahead = People ahead of you: { $count }
waiting-next-heading = What comes next
waiting-next = When an advocate is free, they join you here. You do not have to do anything.
waiting-write = You can already write. It stays on this device until an advocate is here, and then they can read it.
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
advocate-lost = Your advocate’s connection is gone for good, so you are at the head of the line for another advocate. What you write is kept for them.

## Ending the chat

end-chat = End chat
end-heading = End this chat?
end-what-happens = Everything written here will be erased at once: on this device, on the advocate’s, and in between. Nobody can bring it back.
end-and-erase = End and erase
keep-chatting = Keep chatting

ended-heading = It has ended
ended-by-you = You ended it. What was written is erased on both sides.
ended-by-staff = The other side ended it. What was written is erased on both sides.
ended-unknown = It has ended. What was written is erased on this device.
ended-history = This page’s address may still be in the browser’s history. Removing that one line draws less notice than clearing the whole history.
ended-return = To come back, open the same address again. You can now close this window.

## Why the chat could not go on. Each says what happened, what is safe, and what to do.

try-again = Try again

stop-nobody-on-duty-heading = Nobody is here to answer right now
stop-nobody-on-duty = Chat has closed, so no advocate can join you. Nothing that you wrote was sent or kept. Please use one of the other ways on this page, or come back when chat is open.

stop-program-not-verified-heading = We could not make sure who would answer
stop-program-not-verified = This page checks that only the real advocates can read what you write. The check did not pass, so nothing that you wrote was sent. Please use one of the other ways on this page.

stop-clock-wrong-heading = The clock on this device is wrong
stop-clock-wrong = Its date or time is more than a day off, so this page cannot check who would answer. Nothing that you wrote was sent. You can set the date and time and try again, or use one of the other ways on this page.

stop-statement-stale-heading = We could not make sure that chat is open
stop-statement-stale = The news about who is on duty is too old to trust. Nothing that you wrote was sent. You can try again in a few minutes, or use one of the other ways on this page.

stop-page-outdated-heading = This page needs to be opened again
stop-page-outdated = Chat was renewed while this page was open. Nothing that you wrote can be read by anyone else. Press “Try again” to load the new page and start from there.

stop-line-full-heading = The line is full right now
stop-line-full = Very many people are waiting, and there is no place left at this moment. Nothing that you wrote was sent. You can try again in a few minutes. If you do not want to wait, use one of the other ways on this page.

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

unsupported-load-heading = Chat could not load
unsupported-load = A part of this page did not arrive. Nothing was sent. You can try again, or use one of the other ways on this page.

unsupported-framed-heading = Chat does not start inside another page
unsupported-framed = This page was opened inside another website, which could read along. Nothing was sent. Please open its address in a window of its own, or use one of the other ways on this page.

unsupported-worker-heading = Chat does not start here
unsupported-worker = Something stored in this browser stands between you and this page, and could change it. Nothing was sent. Please use a private window, another browser or device, or one of the other ways on this page.
