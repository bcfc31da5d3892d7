// The words of the page about a day of appointments.

export const ZH = {
  bookings: "预约", "bookings-lead": "当天谁几点来。打开一个会记入两人的查看记录。", "booking-list": "预约列表", "bookings-none": "这一天没有预约。", "booking-office": "办理地点", "booking-day": "日期", "booking-time": "时间", "booking-seat": "窗口", "booking-number": "编号", "booking-waiting": "还有 {0} 位在排这一天",
  "back-to-bookings": "返回当天", "booking-people": "来的人", "booking-stated": "声明", "stated.voluntary": "自愿", "stated.unmarried": "没有配偶", "stated.unrelated": "没有禁止结婚的亲属关系",
  "booking-arrived": "已到场", "booking-missed": "没有到场", "booking-missed-sure": "记为没有到场？", "booking-missed-detail": "余下的时间马上给排队的人，两人会收到通知。", "booking-arrived-done": "已记为到场", "booking-missed-done": "已记为没有到场", "booking-told": "当天列表已更新。",
};

export const EN = {
  bookings: "Appointments", "bookings-lead": "Who comes when. That you open one is recorded for both.", "booking-list": "List of appointments", "bookings-none": "Nobody is expected on this day.", "booking-office": "Office", "booking-day": "Day", "booking-time": "Time", "booking-seat": "Window", "booking-number": "Number", "booking-waiting": "{0} wait in line for this day",
  "back-to-bookings": "Back to the day", "booking-people": "Who comes", "booking-stated": "Stated", "stated.voluntary": "of their own will", "stated.unmarried": "no spouse", "stated.unrelated": "not related in a forbidden degree",
  "booking-arrived": "They came", "booking-missed": "They did not come", "booking-missed-sure": "Note that they did not come?", "booking-missed-detail": "What is left of their time goes to those who wait, and both are told.", "booking-arrived-done": "Noted: they came", "booking-missed-done": "Noted: they did not come", "booking-told": "The day's list is up to date.",
};
