### Texts on the survivor's page and on the desk alike. Variables are filled in by the page.

## The people in a chat

role-survivor = Survivor
role-advocate = Advocate
role-supervisor = Supervisor
role-interpreter = Interpreter
you = You
connection-lost = connection lost

## What happened in a chat

joined = { $name } ({ $role }) is here.
left = { $name } ({ $role }) has left.
line-dropped = { $name } ({ $role }) lost the connection. Nothing is lost. You can go on writing.
line-back = { $name } ({ $role }) is back.

# Above what the program says by itself at the start of a chat.
opening-from = From the program, automatically

## When a message was written

time-now = just now
time-minute = a minute ago
time-minutes = { $count } minutes ago
time-hour = an hour ago
time-hours = { $count } hours ago

## How far your own message has got

state-kept = Kept for your advocate
state-sending = Sending
state-received = Received

## What is typed and not sent yet

is-typing = { $name } is typing
typed-not-sent = Being typed, not sent yet
