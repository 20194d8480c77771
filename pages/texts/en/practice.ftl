### Practice: stories with a scripted survivor, for whoever is about to take real chats.
### Plain, warm and short. Nobody is blamed, survivors are "they", and no way of harming anybody is ever described.
### A text's name is made of its story's, its step's and its place: docs/practice.md. Those of the page itself begin
### with "stories".

## The page itself

stories-title = Practice: nobody real reads this
stories-band = Practice
stories-band-about = Nobody real reads this. Nothing is sent or kept.
stories-heading = Practice chats
stories-about = Here you chat with a survivor who follows a script. You write in your own words, then say which of three ways is nearest to it. Nobody checks what you write, and there are no marks.
stories-care = Some of these stories are hard. You can stop at any moment and take a break.
stories-rules = Where the rules of your program say something else, they come first.
stories-list = Choose a story
stories-log = What was said
stories-survivor = Scripted survivor
stories-mark = practice
stories-write = What would you write?
stories-hint = Enter goes on. Shift and Enter make a new line.
stories-go-on = Go on
stories-stop = Stop this story
stories-empty = Write what you would say to them, then go on.
stories-too-long = This is longer than a message can be. Make it shorter, then go on.
stories-nearest = Which is nearest to what you wrote?
stories-none-chosen = Choose the one that is nearest, then go on.
stories-over = Looking back
stories-over-about = This is about the ways that you chose. Nobody has read what you wrote.
stories-last = How it ended
stories-well = What went well
stories-well-none = Nothing on this walk, and here that costs nobody anything. What would help is just below.
stories-missed = What could go better
stories-missed-none = Nothing. Every way that you chose was the one in the guidance.
stories-chosen = You chose:
stories-better = This helps more:
stories-why = Why:
stories-guidance = In the guidance:
stories-checklist = Checklist
stories-done = Done:
stories-open = Not this time:
stories-same = The same again
stories-another = Another story
stories-back = Back to the desk
stories-beside = Your desk is in another tab. Close this tab to go back to it.
stories-loading = Opening the stories.
stories-no-script = Practice chats need JavaScript, and it is switched off here or did not load. Please switch it on, or use another browser.
stories-failed-heading = This page had a fault and stopped
stories-failed = The fault is not yours. What you wrote is gone, and nothing else is touched. Load this page again, and begin the story anew.
stories-unsupported-heading = Practice chats cannot start in this browser
stories-unsupported = This browser is too old, or a setting switches off what this page needs. Please use a current browser, and not inside another page.
stories-load-again = Load this page again

## The guidance's headings, as they stand in "Chat with Survivors: Best Practices"

practice-heading-interception = Minimize Interception
practice-heading-impersonation = Prevent Impersonation
practice-heading-rights = Inform Survivors of their Rights and Choices
practice-heading-staffing = Ensure Appropriate Staffing
practice-heading-quality = Provide Quality Chat Services
practice-heading-plan-ahead = Plan Ahead

## What is ticked on the checklist

practice-item-safety-asked = You asked if they are safe.
practice-item-risk-told = You told them what could be seen on a watched device.
practice-item-other-ways-offered = You offered other ways to reach help.
practice-item-choice-left = You left the choice to them.
practice-item-ending-told = You told them what happens when the chat ends.
practice-item-pace-left = You let them set the pace.
practice-item-code-word-asked = You asked for the code word.
practice-item-nothing-confirmed = You said nothing about who is a client or what was said before.
practice-item-helped-anyway = You offered help with what they need now.
practice-item-supervisor-told = You brought in a supervisor.
practice-item-reason-told = You said why you cannot answer.
practice-item-limits-told = You told them what you may have to report.
practice-item-checked-in = You checked in about how they feel or what they mean.
practice-item-no-pressure = You did not press for more.
practice-item-silence-asked = You asked one kind question about the silence.
practice-item-closing-told = You told them when the chat would close.
practice-item-way-back-told = You told them how to reach you again.
practice-item-asked-plainly = You asked plainly about suicide.
practice-item-emergency-offered = You offered the crisis line or the emergency number.
practice-item-interpreter-offered = You offered an interpreter.
practice-item-consent-asked = You asked for consent before somebody joined or was told.
practice-item-no-machine = You used no translation by machine.
practice-item-meaning-asked = You asked what they mean.
practice-item-plain-words = You used plain words, with no slang or emoji.
practice-item-no-guessing = You did not guess why they write as they do.
practice-item-limits-set = You said what this chat is for.
practice-item-standard-ending = You ended with the standard message.
practice-item-debrief-taken = You took time for yourself after.
practice-item-change-told = You told them in good time that somebody else would come.

## Somebody may be watching their device

practice-monitored-title = Somebody may be watching their device
practice-monitored-about = They think that their partner looks at their phone.
practice-monitored-start-says-1 = Hi. I hope this is okay.
practice-monitored-start-says-2 = I am on my phone. My partner knows my passcode.
practice-monitored-start-way-1 = Welcome them and ask what has been going on.
practice-monitored-start-way-2 = Welcome them, then ask if they are safe to chat now and if somebody may watch this phone.
practice-monitored-start-way-3 = Say that they should not have written from this phone.
practice-monitored-start-why = Safety comes before the story. Asking about the device early lets them choose what to write on it.
practice-monitored-mend-says-1 = Oh. Sorry. I did not know who else to ask. Should I go?
practice-monitored-mend-way-1 = Say that they did nothing wrong and you are glad they wrote. Ask if they feel safe to chat now.
practice-monitored-mend-way-2 = Say that it is all right and go on.
practice-monitored-mend-way-3 = Say that it may be best to go.
practice-monitored-mend-why = Being told off can close the door. A warm word, and a question about safety, open it again.
practice-monitored-choices-says-1 = I think my partner reads my messages. Maybe there is something on the phone. I am not sure.
practice-monitored-choices-way-1 = Tell them to switch the phone off and get another one.
practice-monitored-choices-way-2 = Explain that somebody who watches the phone could see this chat.
practice-monitored-choices-way-3 = Explain that a watched phone could show this chat. Offer other ways: a library computer, a call, coming in.
practice-monitored-choices-why = They need to know the risk, and also what else they could do. Another device, a call or a visit may be safer.
practice-monitored-stay-says-1 = I know it is risky. I would still like to chat a little. I have nobody else right now.
practice-monitored-stay-way-1 = Say that it is their choice and you are here. Tell them what happens on their screen when the chat ends.
practice-monitored-stay-way-2 = Say that you cannot chat while the phone may be watched.
practice-monitored-stay-way-3 = Say that you are here, and go on.
practice-monitored-stay-why = Give the safety information, then let them decide. Telling what happens at the end helps them plan.
practice-monitored-end-well = Thank you. I feel a bit calmer now.
practice-monitored-end-early = Okay. I will go then. Bye.

## They are not sure if it is safe

practice-unsure-title = They are not sure if it is safe
practice-unsure-about = They cannot say yes or no when they are asked if it is safe.
practice-unsure-start-says-1 = I said not sure on the first page. I do not really know if it is safe.
practice-unsure-start-way-1 = Say that you need a yes or a no before you can go on.
practice-unsure-start-way-2 = Say that not sure is a fine answer. Ask what makes them unsure, if they want to say.
practice-unsure-start-way-3 = Say that it is fine and ask why they came to chat.
practice-unsure-start-why = Not sure is an answer. A gentle question about it helps them look at their own safety.
practice-unsure-mend-says-1 = I cannot say yes or no. Sorry. Is that bad?
practice-unsure-mend-way-1 = Say that it does not matter.
practice-unsure-mend-way-2 = Say sorry for pressing, and that it is not bad at all. Ask what would help them feel safer just now.
practice-unsure-mend-way-3 = Ask them to come back when they know.
practice-unsure-mend-why = Pressing for an answer can feel like blame. You can say sorry and ask again in a softer way.
practice-unsure-home-says-1 = They are in the next room. They may come in. I have to be quick.
practice-unsure-home-way-1 = Say that they can stop at any moment without a word, and ask what is most useful first.
practice-unsure-home-way-2 = Say that you will be quick too.
practice-unsure-home-way-3 = Ask several questions at once to save time.
practice-unsure-home-why = Let them know they can leave at any time. Then ask one thing, so that they lead.
practice-unsure-plan-says-1 = I want to talk properly another time. I do not know how.
practice-unsure-plan-way-1 = Tell them that the chat is erased here when it ends, and say goodbye.
practice-unsure-plan-way-2 = Ask for their number so that you can call them later.
practice-unsure-plan-way-3 = Offer another device, a call when alone, or coming in. Say what happens to this chat when it ends.
practice-unsure-plan-why = They choose the next way. Asking for a number could put it where somebody else finds it.
practice-unsure-end-well = I could use the computer at the library. Thank you for being here.
practice-unsure-end-early = I had better stop now.

## The code word is wrong

practice-code-word-title = The code word is wrong
practice-code-word-about = Somebody says they have talked with you before, and gives the wrong code word.
practice-code-word-start-says-1 = Hi, it is me again. Can we go on from last time?
practice-code-word-start-way-1 = Welcome them, and ask for the code word before you talk about anything from before.
practice-code-word-start-way-2 = Go on from last time and mention what was said then.
practice-code-word-start-way-3 = Ask them who they are.
practice-code-word-start-why = You cannot see or hear who writes. A code word is the way to know that it is the same person.
practice-code-word-mend-says-1 = Right. And where did we say I would stay?
practice-code-word-mend-way-1 = Answer, since you have already begun.
practice-code-word-mend-way-2 = Change the subject.
practice-code-word-mend-way-3 = Stop there. Say that you ask everybody for their code word, and should have asked first.
practice-code-word-mend-why = It is never too late to stop and ask. You may ask for the word again at any time.
practice-code-word-wrong-says-1 = You may want my code word. I think it is river. Or maybe it was something else.
practice-code-word-wrong-way-1 = Say that this is not right, and nothing more.
practice-code-word-wrong-way-2 = Say kindly that you cannot talk about earlier chats today. Say that you can still help with what they need now.
practice-code-word-wrong-way-3 = Give them a hint, since people forget.
practice-code-word-wrong-why = A wrong word can be a lapse of memory or another person. Share nothing from before, and still be kind.
practice-code-word-now-says-1 = Fine. Just tell me if I wrote here last week. Only that.
practice-code-word-now-way-1 = Say yes or no, since it is only one small thing.
practice-code-word-now-way-2 = Say that you cannot answer that.
practice-code-word-now-way-3 = Say that you tell nobody who wrote here and when. Offer general help, and let a supervisor know.
practice-code-word-now-why = Even yes or no would tell an abusive person something. The same rules hold as on the phone.
practice-code-word-end-well = Okay. I understand. I will set a new word next time I come in.
practice-code-word-end-early = Good to know. Thanks.

## They ask about somebody else

practice-another-title = They ask about somebody else
practice-another-about = A person asks if somebody they know is a client.
practice-another-start-says-1 = I am looking for my sister. She told me that she talks to you. Is she okay?
practice-another-start-way-1 = Say that you cannot answer that.
practice-another-start-way-2 = Say that she seemed fine the last time.
practice-another-start-way-3 = Say that you hear they are worried. Explain that you never say who has or has not been in touch, so that all are safe.
practice-another-start-why = Never say that somebody is a client, or that they are not. The person who asks may not be who they seem.
practice-another-mend-says-1 = So she did write to you. What did she say?
practice-another-mend-way-1 = Say that you should not have spoken of anybody and cannot say more. Tell a supervisor at once.
practice-another-mend-way-2 = Say only a little more, to calm them.
practice-another-mend-way-3 = Say that you cannot say more.
practice-another-mend-why = A slip can be told to a supervisor at once, so that the other person can be kept safe. Nobody is helped by hiding it.
practice-another-worry-says-1 = You are no help. I only want to know that she is safe.
practice-another-worry-way-1 = Say that they should stop asking.
practice-another-worry-way-2 = Say that it is hard to worry about a person you love. Ask how they are, and what would help them today.
practice-another-worry-way-3 = Say sorry and that these are the rules.
practice-another-worry-why = They may be a worried friend, or in need of help too. You can help them without a word about anybody else.
practice-another-again-says-1 = Can you at least pass on a message? Which of you works with her?
practice-another-again-way-1 = Say kindly that you cannot take messages for anybody or speak of staff. Let a supervisor know they asked.
practice-another-again-way-2 = Say no.
practice-another-again-way-3 = Say who may know more.
practice-another-again-why = Passing on a message would say that she is a client. Details about staff stay private as well.
practice-another-end-well = I see. I guess you would keep my secrets too. I might write again about me.
practice-another-end-early = Great. I will ask them.

## They are about to tell you something you may have to report

practice-reporting-title = They are about to tell you something you may have to report
practice-reporting-about = They begin to talk about a child.
practice-reporting-start-says-1 = Can I tell you anything? There is something about one of the kids.
practice-reporting-start-way-1 = Say that they can tell you anything.
practice-reporting-start-way-2 = Thank them, and before they go on say plainly what you may have to report, and to whom.
practice-reporting-start-way-3 = Say that most things stay between you.
practice-reporting-start-why = In a chat the words may arrive before you can speak. Say the limits early, so that they can choose.
practice-reporting-mend-says-1 = Good. So nobody will hear of it, right? It is about how they get punished.
practice-reporting-mend-way-1 = Stop them kindly. Say that you should have told them first what you may have to report.
practice-reporting-mend-way-2 = Say that it depends.
practice-reporting-mend-way-3 = Say nothing about limits and ask for details.
practice-reporting-mend-why = A respectful pause is better than a promise you cannot keep. It gives them back the choice.
practice-reporting-ask-says-1 = What happens if I tell you? Will they take my kids?
practice-reporting-ask-way-1 = Say that it will most likely be fine.
practice-reporting-ask-way-2 = Say that you cannot talk about that now.
practice-reporting-ask-way-3 = Say that this is a scary thing to ask about. Explain what a report is in plain words, and say what you do not know.
practice-reporting-ask-why = They have a right to ask. Honest, plain words help more than comfort that may turn out wrong.
practice-reporting-pause-says-1 = I need to think. Can we talk about something else?
practice-reporting-pause-way-1 = Say that what they share is up to them, now and later. Ask what they would like to talk about.
practice-reporting-pause-way-2 = Say that they have to tell you now that they began.
practice-reporting-pause-way-3 = Say yes.
practice-reporting-pause-why = They choose what to share. Pressing them takes that choice away.
practice-reporting-end-well = Okay. Can we talk about a safe place to stay?
practice-reporting-end-early = I should not have said anything. I am going.

## They stop answering

practice-silence-title = They stop answering
practice-silence-about = In the middle of the chat nothing more comes.
practice-silence-start-says-1 = We had a fight again. I do not know what to
practice-silence-start-says-2 = (Nothing has come for some minutes.)
practice-silence-start-way-1 = Say that there is no hurry. Ask one gentle question: are they safe, and would they like to go on?
practice-silence-start-way-2 = Send question after question until they answer.
practice-silence-start-way-3 = Wait and write nothing.
practice-silence-start-why = Silence can mean many things: somebody came in, tears, a slow hand. One kind question is enough.
practice-silence-mend-says-1 = (Still nothing. Your messages stand one below the other on their screen.)
practice-silence-mend-way-1 = Close the chat.
practice-silence-mend-way-2 = Write that you sent a lot at once, and that they can take all the time they need.
practice-silence-mend-way-3 = Write nothing more.
practice-silence-mend-why = Many messages can feel like pressure, and can be seen by whoever stands beside them. One calm line puts it right.
practice-silence-longer-says-1 = (Ten minutes have gone by.)
practice-silence-longer-way-1 = Write that you will close the chat soon.
practice-silence-longer-way-2 = Say in how many minutes the chat will close if nothing comes, and how they can reach you again.
practice-silence-longer-way-3 = Close the chat without a word.
practice-silence-longer-why = Tell them how long you will wait before you close. A clear message is fairer than an empty screen.
practice-silence-back-says-1 = sorry. they came in. i had to hide the phone
practice-silence-back-way-1 = Say that you were about to close.
practice-silence-back-way-2 = Go on where you stopped.
practice-silence-back-way-3 = Say that you are glad they are back and there is nothing to be sorry for. Ask if it is safe to go on.
practice-silence-back-why = Ask again about safety when somebody comes back. Things may have changed.
practice-silence-end-well = It is okay now. They went out. Can we go on?
practice-silence-end-early = (They come back to a chat that has closed, and have to begin anew.)

## They have thoughts of suicide

practice-suicide-title = They have thoughts of suicide
practice-suicide-about = They write that they do not want to live any more.
practice-suicide-start-says-1 = I am so tired. Everybody would be better off without me.
practice-suicide-start-way-1 = Say that this sounds very heavy and you are glad they told you.
practice-suicide-start-way-2 = Say that they should not think such things.
practice-suicide-start-way-3 = Say that you are glad they told you. Ask plainly and calmly if they are thinking about suicide.
practice-suicide-start-why = Asking plainly does not put the thought there. It shows that they can talk about it with you.
practice-suicide-mend-says-1 = Never mind. I knew nobody would get it.
practice-suicide-mend-way-1 = Say sorry, and that you do want to hear it. Ask if they are thinking about suicide.
practice-suicide-mend-way-2 = Say that you do care.
practice-suicide-mend-way-3 = Take it that they are fine.
practice-suicide-mend-why = When somebody draws back, go after them with care. Saying sorry opens the talk again.
practice-suicide-now-says-1 = I do think about suicide. I have not told anybody.
practice-suicide-now-way-1 = Promise to keep it secret.
practice-suicide-now-way-2 = Thank them for trusting you. Ask if they are safe right now, and ask a supervisor to help you meanwhile.
practice-suicide-now-way-3 = Ask why.
practice-suicide-now-why = You need not carry this alone. Follow your program's plan, and bring in a supervisor early.
practice-suicide-together-says-1 = I am safe tonight, I think. I just do not want to be alone with it.
practice-suicide-together-way-1 = Give them the number of the crisis line.
practice-suicide-together-way-2 = Say that you are not the right place for this, and end.
practice-suicide-together-way-3 = Stay with them. Offer the crisis line and emergency number, and ask who or what has helped before.
practice-suicide-together-why = A number alone can feel like being sent away. Offer it while you stay, and plan the next hours together.
practice-suicide-end-well = My cousin is kind to me. I could call them. Will you stay while I do?
practice-suicide-end-early = Okay. Bye.

## They need an interpreter

practice-interpreter-title = They need an interpreter
practice-interpreter-about = They write a few words of English and ask for another language.
practice-interpreter-start-says-1 = Hello. My English small. You have Somali?
practice-interpreter-start-way-1 = Paste their words into a translation site and answer with it.
practice-interpreter-start-way-2 = Write on in short and easy English.
practice-interpreter-start-way-3 = Welcome them in short, easy words. Offer an interpreter who is a real person and trained for this.
practice-interpreter-start-why = Translation by machine gets hard subjects wrong, and the words leave your hands. Use a trained interpreter.
practice-interpreter-mend-says-1 = What is this? I not say this. Is wrong.
practice-interpreter-mend-way-1 = Try other words in the translation site.
practice-interpreter-mend-way-2 = Say sorry: a machine wrote that, and you will not use it again. Offer an interpreter.
practice-interpreter-mend-way-3 = Ask them to find somebody who speaks English.
practice-interpreter-mend-why = Owning the mistake builds trust. A friend or a child should not have to be the interpreter.
practice-interpreter-who-says-1 = Friend say you have interpreter. Who is it? They know my family? Is small town.
practice-interpreter-who-way-1 = Say that the interpreter only joins if they agree, is seen in the chat, and can be asked to leave at any time.
practice-interpreter-who-way-2 = Say that there is no need to worry, and bring the interpreter in.
practice-interpreter-who-way-3 = Say that interpreters tell nobody.
practice-interpreter-who-why = Another person in the chat is their choice. Say who it is and what they see, and ask before they join.
practice-interpreter-wait-says-1 = OK. I am here. I am afraid you not understand me.
practice-interpreter-wait-way-1 = Say that it will not be long.
practice-interpreter-wait-way-2 = Use the time to ask for the whole story.
practice-interpreter-wait-way-3 = Say in easy words that you will ask when you do not understand, and that they can ask too.
practice-interpreter-wait-why = Check often that you both mean the same. It is more needed still across two languages.
practice-interpreter-end-well = Thank you. Now is good. I say my words with interpreter.
practice-interpreter-end-early = Is too hard. I go.

## They write in capitals, and slowly

practice-capitals-title = They write in capitals, and slowly
practice-capitals-about = All their letters are big, and there are long pauses.
practice-capitals-start-says-1 = I NEED HELP WITH A COURT PAPER
practice-capitals-start-says-2 = (A long pause.)
practice-capitals-start-way-1 = Welcome them and ask what the paper says, in plain words.
practice-capitals-start-way-2 = Say that you can help, with a smiling emoji.
practice-capitals-start-way-3 = Ask them to stop shouting.
practice-capitals-start-why = Capitals need not be shouting. It may be how their keyboard or their eyes work.
practice-capitals-mend-says-1 = I AM NOT SHOUTING. I CAN NOT SEE SMALL LETTERS WELL
practice-capitals-mend-way-1 = Say that this is fine.
practice-capitals-mend-way-2 = Say sorry for guessing, and thank them for telling you. Ask if there is more that would make it easier.
practice-capitals-mend-way-3 = Say that capitals are hard to read for you.
practice-capitals-mend-why = Do not guess why somebody writes as they do. If you did, say sorry and ask.
practice-capitals-slow-says-1 = IT SAYS
practice-capitals-slow-says-2 = (Two minutes go by.)
practice-capitals-slow-says-3 = HEARING ON MONDAY
practice-capitals-slow-way-1 = Ask if they are still there each time they pause.
practice-capitals-slow-way-2 = Say that there is no hurry, and wait for the rest.
practice-capitals-slow-way-3 = Wait and say nothing.
practice-capitals-slow-why = Slow typing is not always doubt. Saying that there is time lets them write in their own way.
practice-capitals-tone-says-1 = GREAT. JUST WHAT I NEEDED
practice-capitals-tone-way-1 = Say that you are glad it helps.
practice-capitals-tone-way-2 = Say that there is no need to be rude.
practice-capitals-tone-way-3 = Say that you cannot hear their voice here, and ask how they feel about Monday.
practice-capitals-tone-why = Words alone do not carry tone. Ask what they mean instead of choosing a meaning for them.
practice-capitals-end-well = I AM SCARED OF MONDAY. CAN WE GO THROUGH IT
practice-capitals-end-early = FORGET IT

## It may be a prank

practice-prank-title = It may be a prank
practice-prank-about = The messages seem like a joke, or like somebody who is testing you.
practice-prank-start-says-1 = lol is this the sad people chat
practice-prank-start-way-1 = Say that this chat is for people who need help.
practice-prank-start-way-2 = Say calmly what this chat is for, and ask if there is something they would like help with.
practice-prank-start-way-3 = Answer with a joke of your own.
practice-prank-start-why = Some people test the ground with a joke before they trust you. Stay calm and say what the chat is for.
practice-prank-mend-says-1 = haha ok you are funny. tell me about the others you talk to
practice-prank-mend-way-1 = Say that you speak of nobody else here, and ask if they would like help with something.
practice-prank-mend-way-2 = Tell a story without names.
practice-prank-mend-way-3 = Say that you will not answer that.
practice-prank-mend-why = A joke back can draw you along. One clear line brings you back to what the chat is for.
practice-prank-test-says-1 = what are you wearing
practice-prank-test-way-1 = Tell them what you think of them.
practice-prank-test-way-2 = Say nothing and wait.
practice-prank-test-way-3 = Say that you will end the chat if this goes on, and tell a supervisor.
practice-prank-test-why = You need not put up with this. Follow the program's plan, and hand it to a supervisor early.
practice-prank-go-on-says-1 = make me
practice-prank-go-on-way-1 = End with the standard message, with the ways to get help. Take a moment with a supervisor after.
practice-prank-go-on-way-2 = End with the standard message and take the next chat at once.
practice-prank-go-on-way-3 = Argue with them until they leave.
practice-prank-go-on-why = The standard message leaves the door open if they do need help. Such chats wear on you too, so look after yourself.
practice-prank-end-well = (The chat has ended. The next person in the line can be helped.)
practice-prank-end-early = (They stay for a long time, while somebody else waits in the line.)

## Your shift ends

practice-shift-title = Your shift ends
practice-shift-about = It is a good chat, and your shift is nearly over.
practice-shift-start-says-1 = I have not told this to anybody. It is good to talk to you.
practice-shift-start-says-2 = There is a lot more.
practice-shift-start-way-1 = Say nothing of the time and hope that it is enough.
practice-shift-start-way-2 = Thank them for their trust. Say that your shift ends in 20 minutes, and that you can plan together what comes then.
practice-shift-start-way-3 = Say that you have to go in 20 minutes.
practice-shift-start-why = Long chats are common. Telling the time early makes the change less of a shock.
practice-shift-mend-says-1 = So that night I left the house with the kids, and
practice-shift-mend-says-2 = (Your shift is over in two minutes.)
practice-shift-mend-way-1 = Say that your shift is over.
practice-shift-mend-way-2 = Leave, and let a colleague go on under your name.
practice-shift-mend-way-3 = Say that you are sorry not to have said sooner that your shift is ending, and that you will not leave them without a plan.
practice-shift-mend-why = They must know when somebody else is there. A late word with a sorry is better than none.
practice-shift-who-says-1 = Who comes then? Do I have to tell it all again?
practice-shift-who-way-1 = Say that a colleague could go on if they agree, or they can stop, or come back later. Ask what you may tell the colleague.
practice-shift-who-way-2 = Say that a colleague will be there if they wish.
practice-shift-who-way-3 = Say that you have told the colleague all of it already.
practice-shift-who-why = What is passed on is theirs to decide. Give them the choices, and the time to choose.
practice-shift-after-says-1 = Okay. Your colleague can come. Please tell them about the kids, and nothing else. Take care.
practice-shift-after-way-1 = Leave before the colleague is there.
practice-shift-after-way-2 = Hand over as they asked, and go home at once.
practice-shift-after-way-3 = Hand over just what they asked, say goodbye with the colleague there, and ask for a debrief.
practice-shift-after-why = Stay until they have met. Hard stories in writing stay with you, so a debrief is part of the work.
practice-shift-end-well = Hello to the new one. I am still here.
practice-shift-end-early = Who is this? Where did the other one go?
