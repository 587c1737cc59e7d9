namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>How the session reads 01/02/2003.</summary>
enum DateOrder
{
    MonthDayYear,
    DayMonthYear,
    YearMonthDay,
}
