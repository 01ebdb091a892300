/** What mails about one payment say: bought, used beyond the balance, to be approved, refunded, disputed. */
export const CHARGES = {
  top_off_succeeded: {
    title: '{topOff} confirmed',
    subject: '{topOff} for {account}: {added} added',
    preview: '{charged} charged. New balance: {balance}.',
    heading: '{added} added',
    body: 'The balance of {account} fell below {threshold}, so {topOff} bought {added}. There is nothing you need to do.',
    shortfall: '{topOff} bought {added} for {account}. There is nothing you need to do.',
  },
  top_off_failed: {
    title: '{topOff} failed',
    subject: '{topOff} failed for {account}: {why}',
    preview: '{balance} left. {consequence}',
  },
  top_off_suspended: {
    title: '{topOff} stopped',
    subject: '{topOff} stopped for {account}: {why}',
    preview: 'Nothing more is bought automatically. {balance} left.',
    heading: '{topOff} has stopped',
    body: 'Nothing more is bought automatically until another card is attached, a payment succeeds, or you resume {topOff} on the billing page.',
  },
  purchase_succeeded: {
    title: 'Purchase confirmed',
    subject: 'Your purchase for {account}: {added} added',
    preview: '{charged} charged. New balance: {balance}.',
    heading: '{added} added',
    body: 'Thank you for your purchase. The {units} are in the balance of {account} and can be used now.',
  },
  purchase_failed: {
    title: 'Purchase failed',
    subject: 'Your purchase for {account} failed: {why}',
    preview: 'Not added: {wanted}.',
    body: 'Your purchase of {wanted} for {account} did not go through.',
  },
  overage_charged: {
    title: '{payAsYouGo}: charged',
    subject: '{payAsYouGo}: {charged} charged for {account}',
    preview: '{used} used beyond the balance.',
    heading: '{charged} charged for use beyond the balance',
    body: 'This pays for what {account} used beyond its balance (“{payAsYouGo}”): {used}. There is nothing you need to do.',
  },
  overage_failed: {
    title: '{payAsYouGo}: payment failed',
    subject: '{payAsYouGo}: payment failed for {account} – {why}',
    preview: 'Nothing more can be used beyond the balance until it is paid.',
    body: 'The payment is for what {account} used beyond its balance (“{payAsYouGo}”). Until it is paid, nothing more can be used beyond the balance.',
  },
  overage_written_off: {
    title: '{payAsYouGo}: not charged',
    subject: '{payAsYouGo}: {amount} will not be charged for {account}',
    preview: 'There is nothing you need to do.',
    heading: '{amount} will not be charged',
    body: 'What {account} used beyond its balance comes to {amount}, less than a card can be charged with, and there is no next bill to put it on. There is nothing you need to do.',
  },
  action_required: {
    title: 'Approval asked for',
    subject: 'Your approval is needed for a payment of {charged} for {account}',
    preview: 'Your bank wants you to approve it by {until}.',
    heading: 'Your bank wants you to approve this payment',
    body: 'The bank of your card asks for your approval before it lets this payment through. Nothing has been charged so far.',
    linked:
      'Click {action} below to approve it with your bank. You may be asked to sign in. The link works until {until}; after that the payment is given up.',
    byHand:
      'Choose {action} on the billing page of {product} to approve it with your bank. That is possible until {until}; after that the payment is given up.',
  },
  refunded: {
    title: 'Refund',
    subject: 'Refund for {account}: {refunded}',
    preview: '{refunded} of {charged} refunded.',
    heading: '{refunded} refunded',
    body: 'We have refunded {refunded} of the {charged} that was paid for {account}. Your bank may need some days to show it.',
    taken: 'What the refunded money had bought was taken from the balance: {clawed}.',
    kept: 'The balance of {account} stays as it is.',
  },
  dispute_opened: {
    title: 'Dispute opened',
    subject: 'A payment for {account} is disputed: {disputed}',
    preview: '{topOff} is paused until the dispute is closed.',
    heading: 'A payment of {disputed} is disputed',
    body: 'The bank of the card has told us that its holder disputes this payment. {topOff} is paused until the dispute is closed.',
    credits:
      'While the bank holds the money, the {units} bought with it are not in the balance. They are given back if the bank returns the money to us.',
    mistake: 'If this is a mistake, please tell your bank, and write to us.',
    inquirySubject: 'A bank asks about a payment for {account}: {disputed}',
    inquiryHeading: 'A bank asks about a payment of {disputed}',
    inquiryBody:
      'The bank of the card has a question about this payment. No money has moved and the balance is unchanged. {topOff} is paused until the question is answered.',
  },
  dispute_closed: {
    title: 'Dispute closed',
    subject: 'The dispute about {charged} for {account} is closed',
    preview: 'The dispute no longer holds up {topOff}.',
    heading: 'The dispute is closed',
    won: 'The bank has decided that the payment of {charged} stands. Anything taken from the balance for it has been given back.',
    lost: 'The bank has decided to return the disputed money to the holder of the card. Anything taken from the balance for it is not given back.',
    after: 'The dispute no longer holds up {topOff}.',
  },
} as const;
