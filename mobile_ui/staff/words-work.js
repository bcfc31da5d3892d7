// The words of the pages about departments, cases, tickets, the catalogue, jobs and figures.

export const ZH = {
  departments: "部门", "departments-hint": "办件人员、组长、评价与投诉人员只看到这些部门的办件。", "no-departments": "未指定", "departments-of": "{0} 的部门", "departments-given": "部门已更改", "departments-given-detail": "从此人的下一次操作起生效；已领取的办件仍由此人办理。", save: "保存",
};

export const EN = {
  departments: "Departments", "departments-hint": "Caseworkers, leads and listeners see the cases of these departments only.", "no-departments": "none", "departments-of": "Departments of {0}", "departments-given": "Departments changed", "departments-given-detail": "It counts from their next step; what they have taken stays theirs.", save: "Save",
};
